#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends every input of the corpus to a server on an empty data folder, and compares answers and tables with what must be.

  tests/hostile/corpus/run.py --http 127.0.0.1:4318 --grpc 127.0.0.1:4317 [--only TEXT]
  tests/hostile/corpus/run.py --write FOLDER      each input as a file, and index.tsv with its answer and why; no server

One line a failure, `N of N inputs got their answer` at the end; exit code 1 when something failed.
"""

import argparse
import json
import re
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import http1  # noqa: E402
import http2  # noqa: E402
import otlp  # noqa: E402
from corpus import compressed, grpc_frames, http_heads, json_texts, json_values, protobuf_values, protobuf_wire  # noqa: E402
from corpus.inputs import GRPC, HTTP, Answer, Input, Marks, call, good_request, taken  # noqa: E402

MODULES = (protobuf_wire, protobuf_values, json_texts, json_values, compressed, grpc_frames, http_heads)
TABLES = {"traces": "otel_spans", "logs": "otel_logs", "metrics": "otel_metrics"}
COMMIT_SECONDS = 20
SENDERS = 8


def all_inputs():
    return [each for module in MODULES for each in module.inputs()]


def write(folder, inputs):
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["file\tdoor\tsignal\ttype\theaders\tstatus\trows\trejected\tsays\twhy"]
    for number, each in enumerate(inputs, 1):
        name = f"{number:04}-" + re.sub(r"[^A-Za-z0-9.]+", "-", each.title)[:100].strip("-")
        (folder / name).write_bytes(each.content)
        headers = "; ".join(f"{key}: {value}" for key, value in each.headers)
        answer = each.answer
        lines.append("\t".join(map(str, (name, each.door, each.signal, each.content_type, headers, answer.status, answer.rows,
                                         answer.rejected, answer.says, each.why))))
    (folder / "index.tsv").write_text("\n".join(lines) + "\n")


def over_http(address, each):
    headers = [("Content-Type", each.content_type), *each.headers]
    answer = http1.exchange(address, "POST", f"/v1/{each.signal}", headers, each.content)
    if answer is None:
        return None, "", 0
    if answer.status != 200:
        message = otlp.rpc_status_message(each.content_type, answer.body) if answer.status == 400 else answer.body.decode("latin-1")
        return answer.status, message, 0
    rejected, message = otlp.partial_success(each.signal, each.content_type, answer.body)
    return 200, message, rejected


def over_grpc(address, each):
    with http2.Connection(address) as connection:
        answer = connection.unary(http2.EXPORT_PATH[each.signal], each.content, each.headers)
    if answer.grpc_status != 0:
        return answer.grpc_status, answer.headers.get("grpc-message", ""), 0
    rejected, message = otlp.partial_success(each.signal, otlp.PROTOBUF, answer.data[5:])
    return 0, message, rejected


def over_socket(address, each):
    """Nothing more is sent, so a server that waits for more may close as well."""
    answers, is_closed = http1.raw_exchange(address, each.content, half_close=True, quiet_seconds=0.1)
    if not answers:
        return (each.answer.status if is_closed else None), "", 0
    return answers[0].status, "", 0


def outcome(targets, each):
    """What was wrong, or None."""
    send = {HTTP: over_http, GRPC: over_grpc}.get(each.door, over_socket)
    try:
        status, message, rejected = send(targets[each.door], each)
    except (OSError, ValueError, IndexError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    expected = each.answer
    if (status, rejected) != (expected.status, expected.rejected):
        return f"expected {expected.status} with {expected.rejected} rejected, got {status} with {rejected}: {message[:200]}"
    if expected.says not in message:
        return f"expected {expected.says!r} in {message[:200]!r}"
    owes_reason = each.door != "socket" and (rejected > 0 or status not in (200, 0))
    return "no reason given" if owes_reason and not message else None


def at_once(targets, inputs):
    """Each input with what was wrong, in their order; a few are under way at a time."""
    inputs = list(inputs)
    with ThreadPoolExecutor(SENDERS) as pool:
        return list(zip(inputs, pool.map(lambda each: outcome(targets, each), inputs)))


def sound_requests(family):
    """After each family the server is there for others: both doors, each signal."""
    mark = Marks(f"after {family}")
    for signal in otlp.SIGNALS:
        yield Input(family, f"a good POST of {signal} afterwards", "the server goes on", good_request(signal, mark()), taken(),
                    signal=signal)
        yield call(family, f"a good call of {signal} afterwards", "the server goes on", good_request(signal, mark()), Answer(0, 1),
                   signal)


def rows_in(address, signal):
    """Of the table's current snapshot, as any Iceberg reader is told."""
    url = f"http://{address}/iceberg/v1/namespaces/telemetry/tables/{TABLES[signal]}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        metadata = json.load(answer)["metadata"]
    snapshots = {each["snapshot-id"]: each for each in metadata.get("snapshots", [])}
    current = snapshots.get(metadata.get("current-snapshot-id"))
    return int(current["summary"]["total-records"]) if current else 0


def check_tables(address, expected):
    """Every row that was taken is there, once, and none that was refused: the counts say it."""
    deadline = time.monotonic() + COMMIT_SECONDS
    while True:
        found = {signal: rows_in(address, signal) for signal in TABLES}
        if found == dict(expected) or time.monotonic() > deadline:
            break
        time.sleep(0.2)  # Until the next commit.
    wrong = [f"{TABLES[signal]} has {found[signal]} rows, {expected[signal]} were taken" for signal in TABLES
             if found[signal] != expected[signal]]
    return wrong


def run(options):
    targets = {HTTP: options.http, GRPC: options.grpc, "socket": options.http}
    expected = Counter({signal: rows_in(options.http, signal) for signal in TABLES})
    passed, failed = 0, 0
    families = defaultdict(list)
    for each in all_inputs():
        if options.only in each.title:
            families[each.family].append(each)
    for family, inputs in families.items():
        started = time.monotonic()
        for each, wrong in [*at_once(targets, inputs), *at_once(targets, sound_requests(family))]:
            expected[each.signal] += each.answer.rows
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong:
                print(f"FAIL {each.title}: {wrong} ({each.why})", flush=True)
        if options.verbose:
            print(f"{len(inputs):5} in {time.monotonic() - started:5.1f} s: {family}", flush=True)
    wrong_tables = check_tables(options.http, expected)
    for wrong in wrong_tables:
        print(f"FAIL {wrong}")
    print(f"{passed} of {passed + failed} inputs got their answer; rows in the tables: {dict(expected)}, "
          f"{'as expected' if not wrong_tables else 'NOT as expected'}")
    return 1 if failed or wrong_tables else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http", metavar="HOST:PORT")
    parser.add_argument("--grpc", metavar="HOST:PORT")
    parser.add_argument("--only", default="", help="the inputs whose title has this text")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the inputs and their index, send nothing")
    parser.add_argument("--verbose", action="store_true", help="how many inputs of each family")
    options = parser.parse_args()
    if options.write:
        write(options.write, all_inputs())
        return 0
    if not options.http or not options.grpc:
        parser.error("--http and --grpc, or --write")
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
