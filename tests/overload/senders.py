# SPDX-License-Identifier: Apache-2.0
"""Official senders that must get through: the SDK over HTTP and gRPC, and a Collector's two exporters."""

import contextlib
import json
import signal
import subprocess
import sys

from harness.environment import environment
from harness.process import can_connect, free_port, running, wait_until
from paths import OVERLOAD_TESTS
from readers import ask_engines

DIRECT = {"sdk-http": "http", "sdk-grpc": "grpc"}
THROUGH_COLLECTOR = {"collector-http": "otlphttp", "collector-grpc": "otlp"}
SERVICES = (*DIRECT, *THROUGH_COLLECTOR)
START_SECONDS, STOP_SECONDS, SETTLED_SECONDS = 20, 90, 8


def collector_config(weir, ports):
    """One pipeline for each exporter, each with its queue and its retries as they are by default."""
    endpoints = {"otlphttp": {"endpoint": f"http://{weir.http}"},
                 "otlp": {"endpoint": weir.grpc, "tls": {"insecure": True}}}
    exporters = THROUGH_COLLECTOR.values()
    return {
        "receivers": {f"otlp/{name}": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{ports[name]}"}}}
                      for name in exporters},
        "exporters": {name: endpoints[name] for name in exporters},
        "service": {"pipelines": {f"traces/{name}": {"receivers": [f"otlp/{name}"], "exporters": [name]}
                                  for name in exporters},
                    "telemetry": {"metrics": {"level": "none"}}},
    }


class Senders:
    """Use as a context manager; `finish` lets all of them send what they have and end."""

    def __init__(self, weir, folder):
        self.weir, self.folder, self._stack, self.programs = weir, folder, contextlib.ExitStack(), {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _start(self):
        ports = {name: free_port() for name in THROUGH_COLLECTOR.values()}
        config = self.folder / "collector.json"  # JSON is YAML
        config.write_text(json.dumps(collector_config(self.weir, ports), indent=1))
        log = self.folder / "collector.log"
        self.collector = self._stack.enter_context(running([environment("collector"), "--config", config], log))
        for port in ports.values():
            wait_until(lambda: self.collector.poll() is not None or can_connect(port), START_SECONDS,
                       f"the Collector to listen, see {log}")
        for service, protocol in DIRECT.items():
            self._start_sdk(service, protocol, f"http://{self.weir.http}" if protocol == "http" else self.weir.grpc)
        for service, exporter in THROUGH_COLLECTOR.items():
            self._start_sdk(service, "grpc", f"127.0.0.1:{ports[exporter]}")

    def _start_sdk(self, service, protocol, endpoint):
        log = self._stack.enter_context(open(self.folder / f"{service}.log", "w"))
        program = subprocess.Popen([sys.executable, OVERLOAD_TESTS / "sdk_sender.py", protocol, endpoint, service],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self._stack.callback(lambda: (program.kill(), program.wait()))
        self.programs[service] = program

    def finish(self):
        """{service: what it says of itself}; the Collector has sent all it had."""
        for program in self.programs.values():
            program.stdin.close()
        said = {}
        for service, program in self.programs.items():
            said[service] = json.loads(program.stdout.read().splitlines()[-1])
            program.wait(STOP_SECONDS)
        # At its end it gives up what it is about to send again.
        self.weir.wait_rows_settle("otel_spans", still_seconds=SETTLED_SECONDS, seconds=STOP_SECONDS)
        self.collector.send_signal(signal.SIGTERM)
        assert self.collector.wait(STOP_SECONDS) == 0, f"the Collector did not end well, see {self.folder}"
        return said


def missing_and_doubled(weir, said, folder):
    """(spans that are not in a table, spans that are there more than once), in both formats."""
    answers = ask_engines("numbered", OVERLOAD_TESTS / "numbered.py", ("delta_rs", "pyiceberg"), weir, ("otel_spans",),
                          folder, services=list(said))
    missing, doubled = [], []
    for form, found in answers.items():
        for service, sender in said.items():
            counts = found.get(service, {})
            wanted = {f"{service} {number:06d}" for number in range(sender["sent"])}
            missing += [f"{form} {name}" for name in sorted(wanted - counts.keys())]
            doubled += [f"{form} {name}" for name, count in counts.items() if count > 1 or name not in wanted]
    return missing, doubled
