# SPDX-License-Identifier: Apache-2.0
"""OTLP's JSON: names, ids, texts, bytes and unknown members."""

import base64
import json

import otlp
from harness.environment import REPOSITORY
from send.by_hand import key_values

import records
from check import JSON, MUST, SIGNALS, check, require
from records import json_record, json_request

SECTION = "JSON Protobuf Encoding"
EXAMPLES = REPOSITORY.parent / "shared" / "data" / "otlp"
EXAMPLE_SIGNALS = {"trace": "traces", "logs": "logs", "events": "logs", "metrics": "metrics"}
MAPPING = "ProtoJSON"
UNKNOWN = {"newInOtlp9": [{"deep": [1, None, True, "x", {"y": {}}]}, []], "alsoNew": "x", "nothing": None, "": 1.5}
TRACE_ID, SPAN_ID = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"


def attribute(key, **value):
    return {"key": key, "value": value}


def with_ids(run, signal, trace_id, span_id):
    """A request with ids wherever the signal has them."""
    ids = {"traceId": trace_id, "spanId": span_id}
    if signal == "traces":
        return json_request(signal, json_record(signal, run.mark(), **ids, parentSpanId=span_id, links=[ids]))
    if signal == "logs":
        return json_request(signal, json_record(signal, run.mark(), **ids))
    exemplar = {"timeUnixNano": "5", "asDouble": 1.0} | ids
    return json_request(signal, json_record(signal, run.mark(), exemplars=[exemplar]))


@check("J-1", SECTION, MUST, "ids are hex: of spans, parents, links, log records, exemplars", (JSON,))
def hex_ids(run):
    for signal in SIGNALS:
        with run.part(signal):
            run.take(signal, with_ids(run, signal, TRACE_ID, SPAN_ID))


@check("J-2", SECTION, MUST, "the hex of ids has no case", (JSON,))
def upper_case_ids(run):
    for signal in SIGNALS:
        for change in (str.upper, str.title):
            with run.part(f"{signal} {change.__name__}"):
                run.take(signal, with_ids(run, signal, change(TRACE_ID), change(SPAN_ID)))


@check("J-3", SECTION, MUST, "ids are not read as base64", (JSON,))
def base64_ids(run):
    mark = run.mark()
    ids = {name: base64.b64encode(bytes.fromhex(text)).decode() for name, text in
           {"traceId": TRACE_ID, "spanId": SPAN_ID}.items()}
    answer = run.send("traces", json_request("traces", json_record("traces", mark, **ids)))
    if answer.http_status != 400:
        run.require_partial_success("traces", answer, 1)
    run.must_not_store("traces", mark)


@check("J-4", "trace.proto, logs.proto", MUST, "an empty text is an absent id, where an id is optional", (JSON,))
def empty_ids(run):
    run.take("traces", json_request("traces", json_record("traces", run.mark(), parentSpanId="")))
    run.take("logs", json_request("logs", json_record("logs", run.mark(), traceId="", spanId="")))


@check("J-5", SECTION, MUST, "enums are integers", (JSON,))
def enums(run):
    for number in range(6):
        run.take("traces", json_request("traces", json_record(
            "traces", run.mark(), kind=number, status={"code": number % 3, "message": "m"})))
    run.take("logs", json_request("logs", json_record("logs", run.mark(), severityNumber=17)))
    for number in (1, 2):
        points = json_record("metrics", run.mark())["gauge"]["dataPoints"]
        run.take("metrics", json_request("metrics", {"name": run.mark(), "sum": {
            "dataPoints": points, "aggregationTemporality": number, "isMonotonic": True}}))


@check("J-6", SECTION, MUST, "an integer that no enum has yet is no error", (JSON,))
def open_enums(run):
    run.take("traces", json_request("traces", json_record("traces", run.mark(), kind=99, status={"code": 99})))
    run.take("logs", json_request("logs", json_record("logs", run.mark(), severityNumber=99)))


@check("J-7", SECTION, MUST, "members of unknown name are ignored, in every object", (JSON,))
def unknown_members(run):
    def everywhere(value):
        if isinstance(value, dict):
            return UNKNOWN | {name: everywhere(member) for name, member in value.items()} | UNKNOWN
        return [everywhere(member) for member in value] if isinstance(value, list) else value

    for signal in SIGNALS:
        more = {"attributes": [attribute("k", arrayValue={"values": [{"stringValue": "x"}]})]}
        if signal == "traces":
            more |= {"events": [{"timeUnixNano": "5", "name": "e"}], "status": {"code": 1},
                     "links": [{"traceId": TRACE_ID, "spanId": SPAN_ID}]}
        with run.part(signal):
            run.take(signal, everywhere(json.loads(json_request(signal, json_record(signal, run.mark(), **more)))))


@check("J-9", MAPPING, MUST, "null is as if the member were absent", (JSON,))
def nulls(run):
    nothing = dict.fromkeys(("traceState", "parentSpanId", "kind", "attributes", "droppedAttributesCount", "events",
                             "links", "status", "flags"))
    run.take("traces", json_request("traces", json_record("traces", run.mark(), **nothing)))
    nothing = dict.fromkeys(("observedTimeUnixNano", "severityNumber", "severityText", "attributes", "traceId"))
    run.take("logs", json_request("logs", json_record("logs", run.mark(), **nothing)))
    run.take("logs", {"resourceLogs": [{"resource": None, "schemaUrl": None, "scopeLogs": [
        {"scope": None, "logRecords": [json_record("logs", run.mark(), attributes=[{"key": "k", "value": None}])]}]}]})


@check("J-10", "RFC 8259, 4", MUST, "members may come in any order", (JSON,))
def member_order(run):
    def backwards(value):
        if isinstance(value, dict):
            return {name: backwards(value[name]) for name in reversed(value)}
        return [backwards(member) for member in value] if isinstance(value, list) else value

    for signal in SIGNALS:
        with run.part(signal):
            more = {"attributes": [attribute("k", stringValue="v")]}
            run.take(signal, backwards(json.loads(json_request(signal, json_record(signal, run.mark(), **more)))))


@check("J-11", "RFC 8259, 7", MUST, "texts come back as they were: escapes, surrogate pairs, controls, UTF-8", (JSON,))
def texts(run):
    text = 'q" b\\ s/ \b\f\n\r\t \x01 \x7f é 漢 🌊 \u2028'
    for name, as_ascii in (("escaped", True), ("as they are", False)):
        with run.part(name):
            parsed = json.loads(json_request("logs", json_record("logs", run.mark(), body={"stringValue": text})))
            run.take("logs", json.dumps(parsed, ensure_ascii=as_ascii).encode())
    with run.part("escapes that need not be"):
        body = json_request("logs", json_record("logs", run.mark(), body={"stringValue": "A/A"}))
        run.take("logs", body.replace(b'"A/A"', b'"\\u0041\\/\\u0041"').replace(b'"body"', b'"\\u0062ody"'))


@check("J-12", "RFC 8259, 2", MUST, "space may stand between all tokens", (JSON,))
def space(run):
    for signal in SIGNALS:
        with run.part(signal):
            parsed = json.loads(json_request(signal, json_record(signal, run.mark())))
            run.take(signal, b"\r\n\t " + json.dumps(parsed, indent="\t", separators=(" ,", " : ")).encode() + b"\n\n")


@check("J-13", MAPPING, MUST, "bytes are base64, standard or URL-safe, padded or not", (JSON,))
def base64_bytes(run):
    data = bytes([0xFB, 0xEF, 0xFF, 0x00])
    standard, url_safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    for text in (standard, url_safe, standard.rstrip("="), url_safe.rstrip("="), ""):
        with run.part(text):
            value = base64.b64decode(standard) if text else b""
            mark = run.mark()
            body = json_request("logs", json_record("logs", mark, attributes=[attribute("b", bytesValue=text)]))
            run.take("logs", body, expected=expected_log(mark, key_values([("b", value)])))


def expected_log(mark, attributes):
    message = records.REQUEST_TYPE["logs"]()
    service = key_values([("service.name", "hostile")])
    records.add_group(message, "logs", [records.log(mark, attributes=attributes)], attributes=service, scope="")
    message.resource_logs[0].scope_logs[0].scope.SetInParent()
    return message


@check("J-14", "OTLP JSON request examples", MUST, "the specification's own examples are taken", (JSON,))
def examples(run):
    for name, signal in EXAMPLE_SIGNALS.items():
        with run.part(name):
            run.take(signal, (EXAMPLES / f"{name}.json").read_bytes())


@check("J-15", "proto: reserved fields", MUST, "members of earlier versions are ignored", (JSON,))
def earlier_versions(run):
    scope = {"spans": [json_record("traces", run.mark(), status={"deprecatedCode": 2, "code": 1})]}
    old = {"instrumentationLibrary": {"name": "old"}, "spans": [json_record("traces", run.mark())]}
    payload = {"resourceSpans": [{"scopeSpans": [scope], "instrumentationLibrarySpans": [old]}]}
    run.take("traces", payload)
    run.must_not_store("traces", old["spans"][0]["name"])
    metric = json_record("metrics", run.mark(), labels=[{"key": "k", "value": "v"}])
    run.take("metrics", json_request("metrics", metric | {"intGauge": {"dataPoints": [{}]}}))


@check("J-16", "RFC 8259, 8.1; Failures: Bad Data", MUST, "what is no JSON object in UTF-8 is bad data", (JSON,))
def not_json(run):
    bad = {"nothing": b"", "an array": b"[]", "null": b"null", "a text": b'"x"', "cut": b'{"resourceSpans":[',
           "more behind it": b"{} {}", "a comma too many": b'{"resourceSpans":[],}', "not UTF-8": b'{"a":"\xff"}',
           "a list that is none": b'{"resourceSpans":{}}', "protobuf": otlp.good("traces")}
    for name, body in bad.items():
        with run.part(name):
            run.require_refusal(run.send("traces", body), http=400, grpc=None)
