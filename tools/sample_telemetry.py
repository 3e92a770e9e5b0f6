#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends a minute in the life of a small shop as OTLP/JSON: traces (one asks a language model), logs and metrics.

usage: sample_telemetry.py [http://127.0.0.1:4318]
"""
import json
import random
import sys
import time
import urllib.request

TRACES = 40
SECOND = 1_000_000_000
MILLISECOND = 1_000_000
CLIENT, SERVER, INTERNAL = 3, 2, 1
ERROR = 2


def value(plain):
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": str(plain)}  # OTLP/JSON writes 64-bit integers as text.
    if isinstance(plain, float):
        return {"doubleValue": plain}
    return {"stringValue": plain}


def attributes(**plain):
    """Keyword names carry `__` where the attribute has a dot."""
    return [{"key": key.replace("__", "."), "value": value(plain[key])} for key in plain]


def resource(service):
    return {"attributes": attributes(service__name=service, service__version="1.4.2",
                                     deployment__environment__name="demo", host__name="shop-1")}


SCOPE = {"name": "weir.sample", "version": "1.0"}


class Shop:
    """Makes telemetry that ends now; the same seed makes the same shop."""

    def __init__(self, now, seed=7):
        self.now, self.random = now, random.Random(seed)
        self.spans, self.logs = {}, {}

    def identity(self, size):
        # Two runs must not share trace ids, so the time takes part.
        return (self.now % (1 << 32)).to_bytes(4, "big").hex() + self.random.randbytes(size - 4).hex()

    def span(self, service, name, trace, start, length, parent="", kind=SERVER, failed="", **plain):
        made = {"traceId": trace, "spanId": self.identity(8), "parentSpanId": parent, "name": name, "kind": kind,
                "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + length),
                "attributes": attributes(**plain), "status": {"code": ERROR, "message": failed} if failed else {}}
        self.spans.setdefault(service, []).append(made)
        return made["spanId"]

    def log(self, service, severity, text, trace, span, at):
        number = {"INFO": 9, "ERROR": 17}[severity]
        self.logs.setdefault(service, []).append(
            {"timeUnixNano": str(at), "observedTimeUnixNano": str(at), "severityNumber": number,
             "severityText": severity, "body": {"stringValue": text}, "traceId": trace, "spanId": span})

    def checkout(self, start):
        trace, length = self.identity(16), self.random.randrange(20, 400) * MILLISECOND
        failed = "card declined" if self.random.random() < 0.15 else ""
        root = self.span("checkout", "POST /checkout", trace, start, length, failed=failed,
                         http__request__method="POST", http__route="/checkout",
                         http__response__status_code=402 if failed else 200)
        self.span("cart", "SELECT cart", trace, start + 2 * MILLISECOND, length // 5, root, CLIENT,
                  db__system__name="postgresql", db__operation__name="SELECT", db__collection__name="cart")
        payment = self.span("payment", "charge", trace, start + length // 4, length // 2, root, failed=failed,
                            rpc__system="grpc", rpc__service="Payment", rpc__method="Charge")
        if failed:
            self.log("payment", "ERROR", "card declined by the issuer", trace, payment, start + length // 2)
        self.log("checkout", "INFO", "order refused" if failed else "order placed", trace, root, start + length)

    def question(self, start):
        trace, length = self.identity(16), self.random.randrange(600, 2500) * MILLISECOND
        root = self.span("assistant", "invoke_agent shop-guide", trace, start, length, kind=INTERNAL,
                         gen_ai__operation__name="invoke_agent", gen_ai__agent__name="shop-guide")
        self.span("assistant", "chat small-model", trace, start + 5 * MILLISECOND, length * 4 // 5, root, CLIENT,
                  gen_ai__operation__name="chat", gen_ai__provider__name="example",
                  gen_ai__request__model="small-model", gen_ai__usage__input_tokens=self.random.randrange(200, 900),
                  gen_ai__usage__output_tokens=self.random.randrange(20, 300))

    def minute(self):
        for number in range(TRACES):
            start = self.now - (TRACES - number) * 60 * SECOND // TRACES - 3 * SECOND
            (self.question if number % 8 == 7 else self.checkout)(start)

    def metrics(self):
        point = {"startTimeUnixNano": str(self.now - 60 * SECOND), "timeUnixNano": str(self.now)}
        return [
            {"name": "shop.orders", "unit": "{order}", "sum": {
                "isMonotonic": True, "aggregationTemporality": 2,
                "dataPoints": [{**point, "asInt": str(count), "attributes": attributes(outcome=outcome)}
                               for outcome, count in (("placed", 31), ("refused", 4))]}},
            {"name": "process.memory.usage", "unit": "By",
             "gauge": {"dataPoints": [{**point, "asInt": "73400320"}]}},
            {"name": "http.server.request.duration", "unit": "s", "histogram": {
                "aggregationTemporality": 2,
                "dataPoints": [{**point, "count": "35", "sum": 7.1, "min": 0.021, "max": 0.398,
                                "bucketCounts": ["3", "9", "14", "9"], "explicitBounds": [0.05, 0.1, 0.25],
                                "attributes": attributes(http__route="/checkout")}]}}]


def requests(shop):
    """(path, what, number of items, body) of the three export requests."""
    spans = [{"resource": resource(service), "scopeSpans": [{"scope": SCOPE, "spans": items}]}
             for service, items in shop.spans.items()]
    logs = [{"resource": resource(service), "scopeLogs": [{"scope": SCOPE, "logRecords": items}]}
            for service, items in shop.logs.items()]
    metrics = [{"resource": resource("checkout"), "scopeMetrics": [{"scope": SCOPE, "metrics": shop.metrics()}]}]
    yield "/v1/traces", "spans", sum(map(len, shop.spans.values())), {"resourceSpans": spans}
    yield "/v1/logs", "log records", sum(map(len, shop.logs.values())), {"resourceLogs": logs}
    yield "/v1/metrics", "data points", 4, {"resourceMetrics": metrics}


def send(server):
    """Sends everything; returns {what: number}. Raises OSError when the server does not take it."""
    shop = Shop(time.time_ns())
    shop.minute()
    sent = {}
    for path, what, count, body in requests(shop):
        request = urllib.request.Request(server + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            refused = json.loads(answer.read() or b"{}").get("partialSuccess") or {}
        if any(key.startswith("rejected") and int(refused[key]) for key in refused):
            raise OSError(f"{path}: {refused}")
        sent[what] = count
    return sent


if __name__ == "__main__":
    for name, number in send(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4318").items():
        print(f"sent {number} {name}")
