# SPDX-License-Identifier: Apache-2.0
"""What is sent: one signal over one protocol in requests of one size from so many clients."""

import itertools
from dataclasses import dataclass

TABLE_OF = {"traces": "otel_spans", "logs": "otel_logs", "metrics": "otel_metrics"}
ITEM_OF = {"traces": "span", "logs": "log record", "metrics": "data point"}
PROTOS = ("http", "grpc", "json")


@dataclass(frozen=True)
class Case:
    signal: str = "traces"
    proto: str = "http"  # protobuf over HTTP; "json" is JSON over HTTP
    items: int = 1000  # in one request
    clients: int = 4  # requests in flight
    gzip: bool = False
    genai: bool = False  # traces of LLM agents: long texts

    @property
    def table(self):
        return TABLE_OF[self.signal]

    @property
    def item(self):
        return ITEM_OF[self.signal]

    @property
    def name(self):
        """Fit for a file's name."""
        words = [self.signal, self.proto, str(self.items)]
        if self.clients != Case.clients:
            words.append(f"{self.clients}-clients")
        return "-".join(words + ["gzip"] * self.gzip + ["genai"] * self.genai)


# --all: the cases that have a goal (harness/goals.py).
SMALL = Case(proto="grpc", items=10, clients=64)
STANDARD = (Case(), Case(proto="grpc"), Case(proto="json"), Case(signal="logs"), Case(signal="metrics"), SMALL)


def combinations(signals, protos, items, clients, gzip, genai):
    """Every combination of the lists, in the order given."""
    product = itertools.product(signals, protos, items, clients)
    return [Case(*choice, gzip=gzip, genai=genai and choice[0] == "traces") for choice in product]
