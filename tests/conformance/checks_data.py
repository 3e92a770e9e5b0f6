# SPDX-License-Identifier: Apache-2.0
"""What the messages' own documentation asks of who reads them: attributes, ids, flags, times, origins."""

from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.trace.v1 import trace_pb2
from otlp import TIME
from send.by_hand import EMPTY, REQUEST_TYPE, any_value, key_values

import records
from check import MUST, SHOULD, SIGNALS, check
from records import GROUPS, with_attributes

EMPTY_VALUES = (("no value", EMPTY), ("text", ""), ("array", []), ("map", ()), ("bytes", b""), ("int", 0),
                ("double", 0.0), ("bool", False), ("array of nothing", [EMPTY, "", []]), ("", "empty key"))
NESTED_VALUES = (("mixed", ["a", 1, 2.5, True, b"\0\xff"]), ("maps", (("k", (("deep", [1, (("x", EMPTY),)]),)),)),
                 ("bytes", bytes(range(8))), ("arrays", [[], [[1]], ["x", ["y"]]]))
ALL_BITS = 0xFFFFFFFF
REMOTE = 0x301


def take_attributes(run, pairs):
    for signal in SIGNALS:
        with run.part(signal):
            run.take(signal, records.request(signal, with_attributes(signal, run.mark(), key_values(pairs))))


@check("D-1", "common.proto: AnyValue", MUST, "values may be empty, of every kind, and so may keys")
def empty_values(run):
    take_attributes(run, EMPTY_VALUES)


@check("D-2", "common.proto: AnyValue", MUST, "arrays may be mixed, maps nested, values bytes")
def nested_values(run):
    take_attributes(run, NESTED_VALUES)


@check("D-3", "common.proto: AnyValue", MUST, "all kinds of values are taken in resources and scopes as well")
def origin_values(run):
    pairs = [pair for pair in (*EMPTY_VALUES, *NESTED_VALUES) if pair[0]]
    for signal in SIGNALS:
        payload = REQUEST_TYPE[signal]()
        group = records.add_group(payload, signal, [records.RECORD[signal](run.mark())], attributes=key_values(pairs))
        getattr(group, GROUPS[signal][1])[0].scope.attributes.extend(key_values(pairs))
        with run.part(signal):
            run.take(signal, payload)


@check("D-4", "common.proto: *_strindex", SHOULD, "indexes into tables of profiles are no error, and as if absent")
def profile_indexes(run):
    odd = [common_pb2.KeyValue(key="v", value=common_pb2.AnyValue(string_value_strindex=3)),
           common_pb2.KeyValue(key_strindex=4, value=any_value("x"))]
    plain = [common_pb2.KeyValue(key="v", value=common_pb2.AnyValue()), common_pb2.KeyValue(value=any_value("x"))]
    for signal in SIGNALS:
        mark = run.mark()
        with run.part(signal):
            run.take(signal, records.request(signal, with_attributes(signal, mark, odd)),
                     expected=records.request(signal, with_attributes(signal, mark, plain)))


@check("D-5", "resource.proto: entity_refs", MUST, "fields under development are no error")
def entities(run):
    for signal in SIGNALS:
        payload = run.request(signal)
        resource = getattr(payload, GROUPS[signal][0])[0].resource
        resource.entity_refs.add(type="service", id_keys=["service.name"], schema_url="https://s/1")
        with run.part(signal):
            run.take(signal, payload)


@check("D-6", "*.proto: resource, scope", MUST, "a request may have no resource and no scope")
def no_origin(run):
    for signal in SIGNALS:
        payload = run.request(signal)
        group = getattr(payload, GROUPS[signal][0])[0]
        group.ClearField("resource")
        getattr(group, GROUPS[signal][1])[0].ClearField("scope")
        with run.part(signal):
            run.take(signal, payload)


@check("D-7", "*.proto: resource_*", MUST, "of several resources and scopes, each record keeps its own")
def several_origins(run):
    for signal in SIGNALS:
        payload = REQUEST_TYPE[signal]()
        outer, inner, leaf = GROUPS[signal]
        for resource in ("one", "two"):
            group = records.add_group(payload, signal, [records.RECORD[signal](run.mark())],
                                      key_values([("service.name", resource)]), scope=f"first of {resource}")
            group.schema_url = f"https://resource/{resource}"
            more = getattr(group, inner).add(schema_url=f"https://scope/{resource}")
            more.scope.name, more.scope.version = "second", resource
            getattr(more, leaf).extend([records.RECORD[signal](run.mark()), records.RECORD[signal](run.mark())])
        with run.part(signal):
            run.take(signal, payload)


@check("D-8", "trace.proto: Span", MUST, "a span needs no more than ids, a name and times: no parent, kind or status")
def bare_span(run):
    run.take("traces", run.request("traces"))


@check("D-9", "trace.proto: Span", MUST, "events and links are taken with all their fields")
def events_and_links(run):
    attributes = key_values([("k", "v"), ("n", 1)])
    event = trace_pb2.Span.Event(time_unix_nano=TIME + 1, name="event", attributes=attributes,
                                 dropped_attributes_count=2)
    link = trace_pb2.Span.Link(trace_id=b"\x0a" * 16, span_id=b"\x0b" * 8, trace_state="a=b", attributes=attributes,
                               dropped_attributes_count=3, flags=REMOTE)
    span = records.span(run.mark(), events=[event, event], links=[link, link], dropped_events_count=4,
                        dropped_links_count=5, trace_state="c=d", parent_span_id=b"\x0c" * 8)
    run.take("traces", records.request("traces", span))


@check("D-10", "trace.proto, logs.proto: flags", MUST, "all bits of flags may be set, reserved ones too")
def flags(run):
    for bits in (REMOTE, ALL_BITS):
        with run.part(hex(bits)):
            link = trace_pb2.Span.Link(trace_id=b"\x0a" * 16, span_id=b"\x0b" * 8, flags=bits)
            run.take("traces", records.request("traces", records.span(run.mark(), flags=bits, links=[link])))
            run.take("logs", records.request("logs", records.log(run.mark(), flags=bits)))
            run.take("metrics", records.request("metrics", records.gauge(run.mark(), records.number_point(flags=bits))))


@check("D-11", "logs.proto: trace_id, span_id", SHOULD, "a log record with an invalid id is kept, as if without it")
def invalid_log_ids(run):
    good = {"trace_id": records.TRACE_ID, "span_id": records.SPAN_ID}
    bad = {"trace id of 5 bytes": {"trace_id": b"\1" * 5}, "trace id of zeros": {"trace_id": bytes(16)},
           "span id of 9 bytes": {"span_id": b"\1" * 9}, "span id of zeros": {"span_id": bytes(8)}}
    for name, change in bad.items():
        mark = run.mark()
        kept = {field: value for field, value in good.items() if field not in change}
        with run.part(name):
            run.take("logs", records.request("logs", records.log(mark, **good | change)),
                     expected=records.request("logs", records.log(mark, **kept)))


@check("D-12", "logs.proto: time_unix_nano", SHOULD, "a log record without a time has that of its observation")
def observed_time(run):
    record = records.log(run.mark(), time_unix_nano=0, observed_time_unix_nano=TIME + 7)
    run.take("logs", records.request("logs", record))


@check("D-13", "logs.proto: LogRecord", MUST, "a log record's body may be of any kind, or absent")
def bodies(run):
    for name, value in (*EMPTY_VALUES, *NESTED_VALUES):
        with run.part(name):
            run.take("logs", records.request("logs", records.log(run.mark(), body=any_value(value))))
    run.take("logs", records.request("logs", records.log(run.mark(), body=None)))


@check("D-14", "proto3 string", MUST, "names may have any character of Unicode")
def names(run):
    for signal in SIGNALS:
        with run.part(signal):
            run.take(signal, records.request(signal, records.RECORD[signal](run.mark() + " é漢🌊 \"'\\\n\0")))
