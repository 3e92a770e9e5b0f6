# SPDX-License-Identifier: Apache-2.0
"""Numbered spans, log records and data points of every simulated second, each sent until it is acknowledged."""

import http.client
import json
import random
import threading
import time

SPANS, LOGS, POINTS = 4, 2, 2  # Of one second.
PER_SECOND = {"otel_spans": SPANS, "otel_logs": LOGS, "otel_metrics": POINTS}
SERVICES = ("cart", "checkout", "frontend", "payment")
RETRY_PAUSE_SECONDS = 0.01
# Now and then telemetry comes late: of the hour before, perhaps of the day before.
LATE_CHANCE, LATE_SECONDS = 0.02, 3600


def _resource(service):
    return {"attributes": [{"key": "service.name", "value": {"stringValue": service}},
                           {"key": "host.name", "value": {"stringValue": f"host-{service}"}}]}


def spans(second, time_ns, rng):
    trace_id = f"{rng.getrandbits(128):032x}"
    items = [{"traceId": trace_id, "spanId": f"{second * SPANS + i + 1:016x}", "name": f"operation {i}", "kind": 2,
              "startTimeUnixNano": str(time_ns + i * 1000), "endTimeUnixNano": str(time_ns + i * 1000 + 5_000_000),
              "attributes": [{"key": "http.route", "value": {"stringValue": f"/v1/{rng.randrange(40)}"}},
                             {"key": "user.id", "value": {"stringValue": f"user-{rng.randrange(1000)}"}}]}
             for i in range(SPANS)]
    return {"resourceSpans": [{"resource": _resource(rng.choice(SERVICES)), "scopeSpans": [{"spans": items}]}]}


def logs(second, time_ns, rng):
    items = [{"timeUnixNano": str(time_ns + i), "severityNumber": 9, "severityText": "INFO",
              "spanId": f"{second * LOGS + i + 1:016x}", "traceId": f"{rng.getrandbits(128):032x}",
              "body": {"stringValue": f"order {rng.randrange(10_000)} went through"}} for i in range(LOGS)]
    return {"resourceLogs": [{"resource": _resource(rng.choice(SERVICES)), "scopeLogs": [{"logRecords": items}]}]}


def metrics(second, time_ns, rng):
    points = [{"timeUnixNano": str(time_ns + i), "asInt": str(second * POINTS + i + 1)} for i in range(POINTS)]
    metric = {"name": "requests", "unit": "1", "gauge": {"dataPoints": points}}
    return {"resourceMetrics": [{"resource": _resource(rng.choice(SERVICES)), "scopeMetrics": [{"metrics": [metric]}]}]}


KINDS = {"traces": spans, "logs": logs, "metrics": metrics}


class Sender:
    """A thread that sends each simulated second's telemetry once that second has come, in order."""

    def __init__(self, address, simulated, seed=1):
        self.address, self.simulated, self.rng = address, simulated, random.Random(seed)
        self.seconds = 0  # All before are acknowledged.
        self.tries = self.acked = 0
        self.slowest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._connection = None

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            ahead = self.seconds - self.simulated.passed_seconds()
            if ahead > 0:
                time.sleep(min(0.05, ahead / self.simulated.rate))
                continue
            time_ns = self.simulated.now_ns()
            if self.rng.random() < LATE_CHANCE:
                time_ns -= int(self.rng.random() * LATE_SECONDS * 1e9)
            for signal, make in KINDS.items():
                self._send(f"/v1/{signal}", json.dumps(make(self.seconds, time_ns, self.rng)))
            self.seconds += 1

    def _send(self, path, body):
        started = time.monotonic()
        while not self._try(path, body):
            time.sleep(RETRY_PAUSE_SECONDS)
        self.acked += 1
        self.slowest = max(self.slowest, time.monotonic() - started)

    def _try(self, path, body):
        self.tries += 1
        try:
            self._connection = self._connection or http.client.HTTPConnection(self.address, timeout=10)
            self._connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            text = answer.read()
            assert answer.status in (200, 429, 503), f"HTTP {answer.status} {text[:200]!r}"
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            return False
