# SPDX-License-Identifier: Apache-2.0
"""The servers that checks talk to, what each check was promised to be stored, and one run of a check."""

import contextlib
import functools
import itertools
import json
import os
import shutil
from collections import Counter

import otlp
from case import Targets
from expect import TABLE_OF, rows_of
from harness.compare import fingerprint
from harness.weir_server import WeirServer
from readers import ask_engines

import exchange
import records
from check import GRPC, JSON, SIGNALS, require

LIMIT_MIB = 1  # Of a request, at the server that is there to show its limit.
FILLER_BYTES = 8 << 20
FILLERS_MAX = 40


class Scene:
    """Servers start when first asked for. `main` has the settings that a user gets."""

    def __init__(self, binary, folder):
        self.binary, self._folder = binary, folder
        self._servers = contextlib.ExitStack()
        self.accepted, self.refused = [], []  # [(run, signal, row)], [(run, signal, mark)]

    def close(self):
        """Leaves logs behind, and of the data what the tables were judged by."""
        self._servers.close()
        for data in self._folder.glob("*/data"):
            if data.parent.name != "main":
                shutil.rmtree(data)

    def start(self, name, *settings):
        """`settings`: key=value."""
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        flags = [word for setting in settings for word in ("--set", setting)]
        return self._servers.enter_context(WeirServer(self.binary, folder, *flags))

    @functools.cached_property
    def main(self):
        return self.start("main")

    @functools.cached_property
    def limited(self):
        return self.start("limited", f"receivers.otlp.protocols.http.max_request_body_size={LIMIT_MIB << 20}",
                          f"receivers.otlp.protocols.grpc.max_recv_msg_size_mib={LIMIT_MIB}")

    @functools.cached_property
    def overloaded(self):
        return self.start_overloaded("overloaded")

    def start_overloaded(self, name):
        """Its journal is full of acknowledged requests and nothing is committed, so it can take no more."""
        weir = self.start(name, "limits.journal_mib=64", "workers=1", "commit.interval_ms=3600000")
        for _ in range(FILLERS_MAX):
            # A field that nobody knows takes room in the journal and none in the tables, where it would be flushed.
            filler = otlp.good("traces") + otlp.message(9999, os.urandom(FILLER_BYTES))
            if not exchange.send(weir, exchange.PROTOBUF, "traces", filler).is_success:
                return weir
        raise AssertionError(f"{FILLERS_MAX * FILLER_BYTES >> 20} MiB did not fill a journal of 64 MiB")

    def judge_stored(self):
        """Reads the tables of `main` and tells the runs what is missing in them, or there in spite of a refusal."""
        if not self.accepted and not self.refused:
            return
        # Having stopped, it has committed all that it acknowledged.
        self.main.stop()
        self.main.start()
        tables = [table for table in TABLE_OF.values() if self.main.rows(table)]
        answer = ask_engines("read", "arrow_engines.py", ["pyiceberg"], self.main, tables, self._folder,
                             rows=dict.fromkeys(tables))["pyiceberg"]
        stored = _by_mark((signal, row) for signal in SIGNALS for row in answer.get(TABLE_OF[signal], []))
        for run in dict.fromkeys(run for run, _, _ in self.accepted):
            sent = _by_mark((signal, row) for owner, signal, row in self.accepted if owner is run)
            for key, rows in sent.items():
                run.failures += _differences(key[1], rows, stored.get(key, []))
        for run, signal, mark in self.refused:
            if (signal, mark) in stored:
                run.failures.append(f"{mark}: is stored in spite of the answer")


def _by_mark(signals_and_rows):
    found = {}
    for signal, row in signals_and_rows:
        found.setdefault((signal, row[records.MARK_COLUMN[signal]]), []).append(row)
    return found


def _differences(mark, sent, stored):
    """What is wrong with the rows of one mark, in words."""
    missing = list((Counter(map(fingerprint, sent)) - Counter(map(fingerprint, stored))).elements())
    extra = list((Counter(map(fingerprint, stored)) - Counter(map(fingerprint, sent))).elements())
    if len(missing) != len(extra):
        yield f"{mark}: {len(sent)} rows were accepted, {len(stored)} are stored"
    for wanted, found in zip(map(json.loads, missing), map(json.loads, extra)):
        different = [f"{name} is {found.get(name)!r}, sent was {value!r}" for name, value in wanted.items()
                     if fingerprint({name: value}) != fingerprint({name: found.get(name)})]
        yield f"{mark}: stored otherwise: {'; '.join(different)[:300]}"


class Run:
    """One check over one protocol. `failures` says what was wrong."""

    def __init__(self, scene, check, protocol):
        self.scene, self.check, self.protocol = scene, check, protocol
        self.failures = []
        self._numbers, self._parts = itertools.count(1), []

    def mark(self):
        """A text that no other record of the suite has, and that tells where it was sent."""
        return " ".join([self.check.id, *self._parts, str(next(self._numbers))])

    @contextlib.contextmanager
    def part(self, name):
        """What fails within does not keep other parts of the check from being tried."""
        self._parts.append(name)
        try:
            yield
        except (AssertionError, OSError, ValueError, IndexError, KeyError) as error:
            kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
            self.failures.append(f"{': '.join(self._parts)}: {kind}{error}")
        finally:
            self._parts.pop()

    def act(self):
        """Does the check; what goes wrong is among the failures."""
        with self.part(self.protocol.value):
            self.check.act(self)

    def request(self, signal):
        return records.request(signal, records.RECORD[signal](self.mark()))

    def send(self, signal, payload, *, to=None, **options):
        """`payload`: a message, bytes as they are, or what JSON is made of."""
        weir = to or self.scene.main
        wire = exchange.wire_of(self.protocol, payload)
        return exchange.send(Targets(weir.http, weir.grpc), self.protocol, signal, wire, **options)

    def take(self, signal, payload, *, expected=None, **options):
        """Sends what must be accepted as a whole and be stored as `expected`: what the reference reads by default."""
        answer = self.send(signal, payload, **options)
        self.require_full_success(signal, answer)
        self.must_store(signal, payload, expected)
        return answer

    def must_store(self, signal, payload, expected=None):
        wire = exchange.wire_of(self.protocol, payload)
        message = exchange.message_of(self.protocol, signal, wire) if expected is None else expected
        self.scene.accepted += [(self, signal, row) for row in rows_of(signal, message)]

    def must_not_store(self, signal, mark):
        self.scene.refused.append((self, signal, mark))

    def require_full_success(self, signal, answer):
        require(answer.is_success, f"{signal}: expected success, got {answer}")
        partial = answer.export_response(signal).partial_success
        # An empty one means the same; that it must not be there is a check of its own.
        require(not partial.ListFields(), f"{signal}: expected full success, got {partial}")

    def require_partial_success(self, signal, answer, count):
        """Returns the error message."""
        require(answer.is_success, f"{signal}: expected partial success, got {answer}")
        partial = answer.export_response(signal).partial_success
        field = {"traces": "rejected_spans", "logs": "rejected_log_records", "metrics": "rejected_data_points"}[signal]
        require(getattr(partial, field) == count, f"{signal}: expected {count} rejected, got {str(partial).strip() or 'none'}")
        return partial.error_message

    def require_refusal(self, answer, http, grpc):
        """An answer with this code, one of them where it is a tuple, that must not make a client try again."""
        wanted = grpc if self.protocol is GRPC else http
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        require(answer.code in wanted, f"expected {' or '.join(map(str, wanted))}, got {answer}")
        require(not answer.is_retryable, f"a client would try again: {answer}")

    def bad_body(self):
        """Bytes that are no request in this encoding."""
        return b'{"resourceSpans":[{]}' if self.protocol is JSON else b"\x0a\xff\xff\xff"
