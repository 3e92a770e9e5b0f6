# SPDX-License-Identifier: Apache-2.0
"""Traces as they come in life: random ids, times that go on. otlpblast's requests come again and again at the same times, with
ids that ascend, which makes every lookup easy; here they get ids and times of their own, in place, byte by byte.
"""
import http.client
import os
import pathlib
import struct
import subprocess
import threading
import time

from harness.process import Failure

BYTES, FIXED64 = 2, 1
SENDERS = 3
# Fields of bytes that hold messages, by the path of field numbers from the request down to a span's events and links.
MESSAGES = {(1,), (1, 2), (1, 2, 2), (1, 2, 2, 11), (1, 2, 2, 13)}
TRACE_IDS = {(1, 2, 2, 1), (1, 2, 2, 13, 1)}
TIMES = {(1, 2, 2, 7), (1, 2, 2, 8), (1, 2, 2, 11, 1)}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at


def _places(data, begin, end, path, found):
    """Where the ids and times are in a message: (path, offset)."""
    at = begin
    while at < end:
        tag, at = _varint(data, at)
        here, kind = (*path, tag >> 3), tag & 7
        length = 8 if kind == FIXED64 else 4 if kind == 5 else 0
        if kind == BYTES:
            length, at = _varint(data, at)
        elif kind == 0:
            _, at = _varint(data, at)
        if here in TRACE_IDS and length == 16 or here in TIMES and kind == FIXED64:
            found.append((here, at))
        elif here in MESSAGES:
            _places(data, at, at + length, here, found)
        at += length


class Template:
    """One request's bytes, and where it is to be changed."""

    def __init__(self, data):
        self.data, found = bytearray(data), []
        _places(self.data, 0, len(self.data), (), found)
        ids, self.times = {}, [(at, struct.unpack_from("<Q", self.data, at)[0]) for path, at in found if path in TIMES]
        for path, at in found:
            if path in TRACE_IDS:
                ids.setdefault(bytes(self.data[at:at + 16]), []).append(at)
        self.ids = list(ids.values())
        self.start = min(value for _, value in self.times if value)

    def fill(self, base):
        """Bytes of a request with new ids, whose first span starts at `base`."""
        for places in self.ids:
            trace_id = os.urandom(16)
            for at in places:
                self.data[at:at + 16] = trace_id
        for at, value in self.times:
            if value:
                struct.pack_into("<Q", self.data, at, value - self.start + base)
        return bytes(self.data)


def make_pool(otlpblast, pool, items, requests, *more):
    """Files of that many requests."""
    pool.mkdir()
    subprocess.run([otlpblast, "-proto", "file", "-out", pool, "-items", str(items), "-requests", str(requests), "-pool",
                    str(requests), *more], check=True, stdout=subprocess.DEVNULL)
    return sorted(pool.glob("*.pb"))


def send(otlpblast, folder, address, requests, items, spans_a_second, genai=0):
    """Sends that many requests, as fast as they are taken, with times as if `spans_a_second` had come; `genai` of 64 are of
    agents. Seconds it took."""
    paths = make_pool(otlpblast, pathlib.Path(folder) / "pool", items, 64 - genai)
    if genai:
        paths += make_pool(otlpblast, pathlib.Path(folder) / "pool-genai", items, genai, "-genai")
    started, base = time.monotonic(), time.time_ns() - int(requests * items / spans_a_second * 1e9)
    failures, numbers, lock = [], iter(range(requests)), threading.Lock()

    def sender(mine):
        templates = [Template(path.read_bytes()) for path in mine]
        connection = http.client.HTTPConnection(address, timeout=120)
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            body = templates[number % len(templates)].fill(base + int(number * items / spans_a_second * 1e9))
            connection.request("POST", "/v1/traces", body, {"content-type": "application/x-protobuf"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 503:
                time.sleep(0.2)  # Sent again under the next number; the sum is a little less.
            elif answer.status != 200:
                failures.append(f"HTTP {answer.status}: {text[:200]}")

    threads = [threading.Thread(target=sender, args=(paths[i::SENDERS],)) for i in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failure(failures[0])
    return time.monotonic() - started
