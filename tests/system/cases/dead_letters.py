# SPDX-License-Identifier: Apache-2.0
"""What is refused is in a table of its own, and can be sent again."""

import gzip
import json

from expect import SIGNALS, TABLE_OF
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from readers import ENGINES, read_tables
from send.by_hand import REQUEST_TYPE, TIME, any_value, key_values, span_id, trace_id
from send.transport import JSON, grpcio, http1, http2

LETTERS = "otel_dead_letters"
ENGINES_HERE = [engine for engine in ENGINES if engine != "spark"]  # It takes a minute to start; round_trip has it.
TOO_LARGE = 2**63  # One more than a table's column holds.


def with_a_bad_record(signal):
    """A request of a service `shop` with a sound record and one that can't be kept."""
    request = REQUEST_TYPE[signal]()
    if signal == "traces":
        resource = request.resource_spans.add()
        spans = resource.scope_spans.add(schema_url="of-scope").spans
        spans.add(trace_id=trace_id(1), span_id=span_id(1), start_time_unix_nano=TIME, name="sound")
        spans.add(trace_id=trace_id(2), span_id=span_id(2), start_time_unix_nano=TOO_LARGE, name="bad",
                  attributes=key_values([("mark", 7)]))
    elif signal == "logs":
        resource = request.resource_logs.add()
        records = resource.scope_logs.add(schema_url="of-scope").log_records
        records.add(time_unix_nano=TIME, body=any_value("sound"))
        records.add(time_unix_nano=TOO_LARGE, body=any_value("bad"), attributes=key_values([("mark", 7)]))
    else:
        resource = request.resource_metrics.add()
        metric = resource.scope_metrics.add(schema_url="of-scope").metrics.add(name="m", unit="By")
        metric.sum.is_monotonic = True
        metric.sum.data_points.add(time_unix_nano=TIME, as_int=1)
        metric.sum.data_points.add(time_unix_nano=TOO_LARGE, as_int=2, attributes=key_values([("mark", 7)]))
    resource.resource.attributes.extend(key_values([("service.name", "shop")]))
    resource.schema_url = "of-resource"
    return request


def only_the_bad(signal):
    """What its letter has to be."""
    request = with_a_bad_record(signal)
    if signal == "traces":
        del request.resource_spans[0].scope_spans[0].spans[0]
    elif signal == "logs":
        del request.resource_logs[0].scope_logs[0].log_records[0]
    else:
        del request.resource_metrics[0].scope_metrics[0].metrics[0].sum.data_points[0]
    return request


def mended(signal, original):
    text = REQUEST_TYPE[signal].FromString(original)
    for field in ("resource_spans", "resource_logs", "resource_metrics"):
        for resource in getattr(text, field, ()):
            _mend(resource)
    return text


def _mend(message):
    for field, value in message.ListFields():
        if field.name in ("start_time_unix_nano", "time_unix_nano"):
            setattr(message, field.name, TIME)
        elif field.message_type is not None:
            for part in value if field.is_repeated else [value]:
                _mend(part)


def refused_every_way(weir):
    """Sends one bad record a signal by each protocol, and bodies that can't be read. The letters there must be, as
    (signal, reason, encoding, compression, original)."""
    letters = []
    for signal in SIGNALS:
        request, alone = with_a_bad_record(signal), only_the_bad(signal).SerializeToString()
        body = request.SerializeToString()
        for answer in (http1(weir.http, f"/v1/{signal}", body), grpcio(weir.grpc, signal, body, "gzip")):
            assert answer.status == 200 and not answer.grpc_status, answer
            letters.append((signal, "invalid_record", "protobuf", "identity", alone))
    bad_json = '{"traceId": "nonsense", "name": "bad"}'
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": []}]}]}).replace("[]", f"[{bad_json}]")
    assert http2(weir.http, "/v1/traces", body.encode(), JSON, "gzip").status == 200
    letters.append(("traces", "invalid_record", "json", "identity", bad_json.encode()))
    garbage = b"\xff" * 100_000
    assert http1(weir.http, "/v1/logs", garbage).status == 400
    letters.append(("logs", "invalid_request", "protobuf", "identity", garbage[:65536]))
    cut = gzip.compress(with_a_bad_record("metrics").SerializeToString(), mtime=0)[:-5]
    answer = http1(weir.http, "/v1/metrics", cut, headers={"content-encoding": "gzip"})
    assert answer.status == 400, answer
    letters.append(("metrics", "invalid_request", "protobuf", "gzip", cut))
    return letters


@case
def every_reader_finds_each_once_after_a_kill(folder, options):
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        sent = sorted(refused_every_way(weir))
        weir.kill()
        weir.start()
        weir.wait_rows(LETTERS, len(sent))
        for engine in ENGINES_HERE:
            for reader, tables in read_tables(engine, weir, {LETTERS: len(sent)}, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                rows = tables[LETTERS]
                found = sorted((row["signal"], row["reason"], row["encoding"], row["compression"],
                                bytes(row["original"])) for row in rows)
                assert found == sent, f"{reader}: {len(found)} letters, not those that were sent"
                _check_the_rest(rows)


def _check_the_rest(rows):
    for row in rows:
        assert row["target_table"] == TABLE_OF[row["signal"]], row["target_table"]
        assert row["source"] == "127.0.0.1", row["source"]
        assert row["original_is_cut"] == (len(row["original"]) == 65536), row["detail"]
        wrapped = row["reason"] == "invalid_record" and row["encoding"] == "protobuf"
        assert row["service_name"] == ("shop" if wrapped else None), row["service_name"]
        assert row["detail"], row


@case
def a_letter_can_be_mended_and_sent(folder, options):
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        for signal in SIGNALS:
            http1(weir.http, f"/v1/{signal}", with_a_bad_record(signal).SerializeToString())
        weir.wait_rows(LETTERS, len(SIGNALS))
        letters = read_tables("pyiceberg", weir, {LETTERS: len(SIGNALS)}, folder)["pyiceberg"][LETTERS]
        for letter in letters:
            signal = letter["signal"]
            answer = http1(weir.http, f"/v1/{signal}", mended(signal, letter["original"]).SerializeToString())
            assert (answer.status, answer.body) == (200, b""), answer
            weir.wait_rows(TABLE_OF[signal], 2)
        counts = {TABLE_OF[signal]: 2 for signal in SIGNALS}
        tables = read_tables("pyiceberg", weir, counts, folder)["pyiceberg"]
        for name, (one, other) in tables.items():
            for column in ("service_name", "resource", "resource_schema_url", "instrumentation_scope"):
                assert one[column] == other[column], f"{name}.{column}: {one[column]} and {other[column]}"
        assert weir.rows(LETTERS) == len(SIGNALS)


@case
def switched_off_there_are_none(folder, options):
    with WeirServer(options.binary, folder, "--set", "dead_letters.enabled=false") as weir:
        refused_every_way(weir)
        weir.wait_rows("otel_spans", 2)
        assert weir.table(LETTERS) is None


@case
def garbage_fills_neither_disk_nor_memory(folder, options):
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS, "--set", "dead_letters.mib_per_commit=1",
                    "--set", "commit.interval_ms=60000") as weir:
        written = weir.metric("weir_journal_written_bytes_total")
        for number in range(100):
            body = b"\xff" * 1_000_000 + number.to_bytes(4, "big")
            assert http1(weir.http, "/v1/traces", body).status == 400
        # A letter is 64 KiB of its request; of a MiB of letters there are two, one a worker, at most.
        grown = weir.metric("weir_journal_written_bytes_total") - written
        assert 0 < grown < 4 << 20, f"{grown} bytes of journal"
        assert weir.metric("weir_dead_letters_full_total") > 0
        assert http1(weir.http, "/v1/traces", with_a_bad_record("traces").SerializeToString()).status == 200
