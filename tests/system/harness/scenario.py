# SPDX-License-Identifier: Apache-2.0
"""The scene of the round-trip cases: one server, every sender once, what each sent, and each reader's rows."""

import shutil
import sys

from expect import SIGNALS, TABLE_OF, rows_of
from harness.collector import send_through_collector
from harness.environment import OUTPUT, REPOSITORY, SYSTEM_TESTS, environment
from harness.process import run_to_end
from harness.registry import Skip, shared
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from readers import engine_of, read_tables
from send.by_hand import odd_logs
from send.by_hand_metrics import odd_metrics
from send.by_hand_spans import dialect_spans, odd_spans
from send.otlp_json import parse_otlp_json, to_otlp_json
from send.tee import Tee
from send.transport import JSON, PROTOBUF, grpcio, http1, http2

SDK_SECONDS = 60
BY_HAND = (("traces", odd_spans), ("traces", dialect_spans), ("logs", odd_logs), ("metrics", odd_metrics))
EXAMPLES = REPOSITORY.parent / "shared" / "data" / "otlp"
EXAMPLE_SIGNALS = {"trace": "traces", "logs": "logs", "events": "logs", "metrics": "metrics"}


def by_hand(scenario, send):
    for signal, make in BY_HAND:
        answer = send(signal, make())
        assert answer.status == 200 and not answer.grpc_status, answer
        scenario.keep(signal, make())


def by_hand_grpc(scenario):
    by_hand(scenario, lambda signal, message: grpcio(scenario.weir.grpc, signal, message.SerializeToString(), "gzip"))


def by_hand_protobuf(scenario):
    by_hand(scenario, lambda signal, message: http1(scenario.weir.http, f"/v1/{signal}", message.SerializeToString(),
                                                    PROTOBUF, "zstd"))


def by_hand_json(scenario):
    by_hand(scenario, lambda signal, message: http2(scenario.weir.http, f"/v1/{signal}",
                                                    to_otlp_json(message).encode(), JSON))


def example_files(scenario):
    if not EXAMPLES.is_dir():
        raise Skip(f"OTLP's example files are not in {EXAMPLES}")
    for name, signal in EXAMPLE_SIGNALS.items():
        body = (EXAMPLES / f"{name}.json").read_bytes()
        answer = http1(scenario.weir.http, f"/v1/{signal}", body, JSON)
        assert answer.status == 200, answer
        scenario.keep(signal, parse_otlp_json(signal, body))


def python_sdk(scenario, protocol):
    with Tee(scenario.weir.http, scenario.weir.grpc) as tee:
        endpoint = tee.grpc_target if protocol == "grpc" else tee.http_url
        run_to_end([sys.executable, SYSTEM_TESTS / "send" / "sdk_python.py", protocol, endpoint],
                   scenario.folder / f"python-{protocol}.log", SDK_SECONDS)
        scenario.keep_all(tee, SIGNALS)


def node_sdk(scenario, encoding):
    folder = scenario.folder / f"node-{encoding}"
    folder.mkdir()
    (folder / "node_modules").symlink_to(environment("node") / "node_modules")
    shutil.copy(SYSTEM_TESTS / "node" / "send.mjs", folder)  # beside its packages, as Node looks for them
    with Tee(scenario.weir.http, scenario.weir.grpc) as tee:
        run_to_end(["node", "send.mjs", encoding, tee.http_url], folder / "node.log", SDK_SECONDS, cwd=folder)
        scenario.keep_all(tee, SIGNALS)


def collector(scenario):
    folder = scenario.folder / "collector"
    folder.mkdir()
    for signal, message in send_through_collector(scenario.weir, folder):
        scenario.keep(signal, message)


def shop(scenario):
    """A few requests of otlpblast: the telemetry of a shop and of LLM agents."""
    with Tee(scenario.weir.http, scenario.weir.grpc) as tee:
        for signal, proto in (("traces", "grpc"), ("logs", "json"), ("metrics", "http"), ("traces", "json")):
            endpoint = tee.grpc_target if proto == "grpc" else tee.http_url
            command = [environment("otlpblast"), "-signal", signal, "-proto", proto, "-endpoint", endpoint, "-items",
                       "150", "-requests", "2", "-pool", "2", "-genai"]
            run_to_end(command, scenario.folder / "otlpblast.log", SDK_SECONDS)
        scenario.keep_all(tee, SIGNALS)


SENDERS = {
    "by_hand_grpc": by_hand_grpc,
    "by_hand_protobuf": by_hand_protobuf,
    "by_hand_json": by_hand_json,
    "example_files": example_files,
    "python_sdk_grpc": lambda scenario: python_sdk(scenario, "grpc"),
    "python_sdk_http": lambda scenario: python_sdk(scenario, "http"),
    "python_sdk_http_gzip": lambda scenario: python_sdk(scenario, "http-gzip"),
    "node_sdk_json": lambda scenario: node_sdk(scenario, "json"),
    "node_sdk_protobuf": lambda scenario: node_sdk(scenario, "protobuf"),
    "collector": collector,
    "shop": shop,
}


class Scenario:
    """Everything is sent once, in the constructor; what goes wrong is kept for the case that asks."""

    def __init__(self, options):
        self.folder = OUTPUT / "round_trip-scenario"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.weir = WeirServer(options.binary, self.folder, *EACH_REQUEST_COUNTS).start()
        self.sent = {name: [] for name in SENDERS}  # sender → [(signal, message), …]
        self.failures = {}  # sender → exception
        self.not_visible = None
        try:
            self._send_all()
        except BaseException:
            self.weir.kill()
            raise

    def _send_all(self):
        for self._sender, send in SENDERS.items():
            try:
                send(self)
            except Exception as failure:
                self.failures[self._sender] = failure
        try:
            for signal in SIGNALS:
                self.weir.wait_rows(TABLE_OF[signal], len(self.expected_rows(signal)))
        except AssertionError as late:
            self.not_visible = late

    def close(self):
        self.weir.kill()

    def keep(self, signal, message):
        self.sent[self._sender].append((signal, message))

    def keep_all(self, tee, signals):
        """What went through the tee; it must have seen something of every signal, and no refusal."""
        for signal, message in tee.sent:
            self.keep(signal, message)
        assert not tee.refused, f"refused: {tee.refused}"
        silent = set(signals) - {signal for signal, _ in tee.sent}
        assert not silent, f"nothing was sent of {silent}"

    def messages(self, signal, sender=None):
        return [message for name, sent in self.sent.items() if sender in (None, name)
                for sent_signal, message in sent if sent_signal == signal]

    def expected_rows(self, signal, sender=None):
        return [row for message in self.messages(signal, sender) for row in rows_of(signal, message)]

    def rows(self, reader):
        """{table: rows} as `reader` gives them; every engine is asked once."""
        engine = engine_of(reader)
        counts = {TABLE_OF[signal]: len(self.expected_rows(signal)) for signal in SIGNALS}
        answers = shared(f"rows by {engine}", lambda: read_tables(engine, self.weir, counts, self.folder))
        assert "error" not in answers[reader], f"{reader} cannot read, see {self.folder}:\n{answers[reader]['error']}"
        return answers[reader]


def scenario(options):
    return shared("round_trip", lambda: Scenario(options))
