# SPDX-License-Identifier: Apache-2.0
"""A real OpenTelemetry Collector between telemetrygen and the server; a file exporter keeps what it passed on."""

import contextlib
import json
import signal as signals
import struct

from expect import SIGNALS
from harness.environment import environment
from harness.process import can_connect, free_port, run_to_end, running, wait_until
from send.by_hand import REQUEST_TYPE

START_SECONDS, STOP_SECONDS, GENERATE_SECONDS = 20, 20, 60
# telemetrygen's flags; every kind of metric it knows.
GENERATED = (
    ("traces", "--traces", "10", "--child-spans", "3", "--status-code", "Error"),
    ("logs", "--logs", "25", "--body", "a log from telemetrygen", "--telemetry-attributes", 'k="v"'),
    *(("metrics", "--metrics", "5", "--metric-type", kind)
      for kind in ("Gauge", "Sum", "Histogram", "ExponentialHistogram")),
)


def exporters(server):
    """Every way in which a Collector can reach us."""
    http = f"http://{server.http}"
    return {
        "otlp/plain": {"endpoint": server.grpc, "tls": {"insecure": True}, "compression": "none"},
        "otlp/gzip": {"endpoint": server.grpc, "tls": {"insecure": True}, "compression": "gzip"},
        "otlp/zstd": {"endpoint": server.grpc, "tls": {"insecure": True}, "compression": "zstd"},
        "otlphttp/gzip": {"endpoint": http, "compression": "gzip"},
        "otlphttp/zstd": {"endpoint": http, "compression": "zstd"},
        "otlphttp/json": {"endpoint": http, "compression": "none", "encoding": "json"},
    }


def config(server, port, folder):
    to_server = exporters(server)
    to_file = {f"file/{signal}": {"path": str(folder / f"{signal}.pb"), "format": "proto"} for signal in SIGNALS}
    pipelines = {signal: {"receivers": ["otlp"], "exporters": [f"file/{signal}", *to_server]} for signal in SIGNALS}
    return {
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{port}"}}}},
        "exporters": to_server | to_file,
        "service": {"pipelines": pipelines, "telemetry": {"metrics": {"level": "none"}}},
    }


def send_through_collector(server, folder):
    """[(signal, message), …] as the server must have got them, one for each exporter."""
    port = free_port()
    config_path = folder / "collector.json"  # JSON is YAML
    config_path.write_text(json.dumps(config(server, port, folder), indent=1))
    log_path = folder / "collector.log"
    with running([environment("collector"), "--config", config_path], log_path) as collector:
        wait_until(lambda: collector.poll() is not None or can_connect(port), START_SECONDS, "the Collector to listen")
        assert collector.poll() is None, f"the Collector ended, see {log_path}"
        for flags in GENERATED:
            run_to_end([environment("telemetrygen"), *flags, "--otlp-insecure", "--otlp-endpoint",
                        f"127.0.0.1:{port}", "--workers", "1", "--rate", "0"], folder / "telemetrygen.log",
                       GENERATE_SECONDS)
        collector.send_signal(signals.SIGTERM)  # sends what is queued, then ends
        with contextlib.suppress(Exception):
            collector.wait(STOP_SECONDS)
        assert collector.returncode == 0, f"the Collector did not end well, see {log_path}"
    dropped = [line for line in log_path.read_text(errors="replace").splitlines() if "Dropping data" in line]
    assert not dropped, f"the Collector dropped data: {dropped[0][:500]}"
    silent = [signal for signal in SIGNALS if not (folder / f"{signal}.pb").stat().st_size]
    assert not silent, f"the Collector passed on nothing of {silent}"
    passed = [(signal, message) for signal in SIGNALS for message in _messages(folder / f"{signal}.pb", signal)]
    return passed * len(exporters(server))


def _messages(path, signal):
    """What the file exporter writes: a length of four bytes, then a message."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield REQUEST_TYPE[signal].FromString(data[at + 4 : at + 4 + length])
        at += 4 + length
