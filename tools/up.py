#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts the built server in the background with sample telemetry, or stops it.

usage: up.py up|down     the data folder is WEIR_DATA or ./weir-data
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import sample_telemetry

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "build" / "weir"
DATA = pathlib.Path(os.environ.get("WEIR_DATA", ROOT / "weir-data")).resolve()
START_SECONDS_MAX = 30
ROWS_SECONDS_MAX = 30
STOP_SECONDS_MAX = 60


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def wait_for(claim, seconds_max):
    """Polls until `claim()` gives something true; None when the time is over."""
    end = time.monotonic() + seconds_max
    while time.monotonic() < end:
        answer = claim()
        if answer:
            return answer
        time.sleep(0.1)
    return None


def is_our_server(pid):
    """A process id alone may be somebody else's by now."""
    try:
        program = os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
    except OSError:
        return False
    return program == str(BINARY)


def running():
    """What server.json says of a server that lives, else None."""
    try:
        server = json.loads((DATA / "server.json").read_text())
    except (OSError, ValueError):
        return None
    return server if is_our_server(server.get("pid")) else None


def is_ready():
    server = running()
    try:
        return server if server and get(f"http://{server['http']}/ready") is not None else None
    except OSError:
        return None


def start():
    DATA.mkdir(parents=True, exist_ok=True)
    log = DATA / "server.log"
    with log.open("ab") as out:
        child = subprocess.Popen([BINARY, "serve", "--data", str(DATA)], stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=out, start_new_session=True)
    server = wait_for(lambda: child.poll() is not None or is_ready(), START_SECONDS_MAX)
    if isinstance(server, dict):
        return server
    if child.poll() is None:
        child.terminate()
    print("".join(log.read_text(errors="replace").splitlines(True)[-15:]), file=sys.stderr)
    sys.exit(f"dev: the server did not get ready: see {log}; often port 4317 or 4318 is taken by another program")


def row_counts(server):
    """{table: rows} of what other engines can read by now."""
    tables = json.loads(get(f"http://{server['http']}/api/v1/tables"))
    listed = tables["tables"] if isinstance(tables, dict) else tables
    return {table["name"]: int(table.get("rows") or 0) for table in listed}


def fill(server):
    if any(row_counts(server).values()):
        return
    sent = sample_telemetry.send(f"http://{server['http']}")
    print("sent " + ", ".join(f"{count} {what}" for what, count in sent.items()))
    wanted = sum(sent.values())
    if not wait_for(lambda: sum(row_counts(server).values()) >= wanted, ROWS_SECONDS_MAX):
        sys.exit(f"dev: {wanted} rows were acknowledged but are not in the tables yet: see {DATA / 'server.log'}")


def lines_to_paste(server):
    http, spans = f"http://{server['http']}", DATA / "tables/telemetry/otel_spans"
    return f"""
Weir runs (process {server['pid']}); ./dev down stops it. Log: {DATA / 'server.log'}

  {http}/                    what there is, in a browser
  {http}/api/v1/tables       tables, rows, snapshots
  {http}/iceberg             Iceberg REST catalog
  {http}/metrics             Weir's own metrics
  grpc {server['grpc']}, http {server['http']}: OTLP; either port speaks both

Send your own telemetry (any OpenTelemetry SDK, here Python):
  export OTEL_EXPORTER_OTLP_ENDPOINT={http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_SERVICE_NAME=mine
  opentelemetry-instrument python app.py

One span by hand:
  curl {http}/v1/traces -H 'Content-Type: application/json' -d '{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"hello","kind":1,"startTimeUnixNano":"{time.time_ns() - 10**8}","endTimeUnixNano":"{time.time_ns()}"}}]}}]}}]}}'

Read the tables with what you have (./dev env engines prints a Python environment that has the first three):
  PyIceberg  load_catalog("weir", type="rest", uri="{http}/iceberg").load_table("telemetry.otel_spans").scan().to_arrow()
  DuckDB     ATTACH '' AS weir (TYPE iceberg, ENDPOINT '{http}/iceberg', AUTHORIZATION_TYPE 'none');
             SELECT service_name, count(*) FROM weir.telemetry.otel_spans GROUP BY ALL;
  delta-rs   DeltaTable("{spans}/data").to_pyarrow_table()
  Spark      --conf spark.sql.catalog.weir=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.weir.type=rest \\
             --conf spark.sql.catalog.weir.uri={http}/iceberg
             spark.sql("SELECT * FROM weir.telemetry.otel_spans"); spark.read.format("delta").load("{spans}/data")
"""


def up():
    server = running()
    if server:
        print(f"the server already runs (process {server['pid']}); for a new build: ./dev down, then ./dev up")
    else:
        server = start()
    fill(server)
    print("".join(f"  {name}: {rows} rows\n" for name, rows in row_counts(server).items()), end="")
    print(lines_to_paste(server))


def down():
    server = running()
    if not server:
        print("no server of ./dev up runs")
        return
    os.kill(server["pid"], signal.SIGTERM)
    if not wait_for(lambda: not is_our_server(server["pid"]), STOP_SECONDS_MAX):
        sys.exit(f"dev: process {server['pid']} has not ended after {STOP_SECONDS_MAX} s: look into {DATA / 'server.log'}")
    print(f"stopped process {server['pid']}")


if __name__ == "__main__":
    verbs = {"up": up, "down": down}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    try:
        verbs[sys.argv[1]]()
    except (OSError, KeyError, ValueError) as problem:
        sys.exit(f"dev: the server did not answer as expected ({problem}): see {DATA / 'server.log'}")
