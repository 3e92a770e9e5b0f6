# SPDX-License-Identifier: Apache-2.0
"""The model of the tables against itself, so that a wrong model isn't taken for a wrong server. No server here."""

import restore
from expect import rows_of
from expect.values import attribute_map, double_text
from harness.registry import case
from send.by_hand import INFINITY, NAN, key_values, odd_logs
from send.by_hand_metrics import odd_metrics
from send.by_hand_spans import dialect_spans, odd_spans
from send.otlp_json import parse_otlp_json, to_otlp_json

BY_HAND = (("traces", odd_spans), ("traces", dialect_spans), ("logs", odd_logs), ("metrics", odd_metrics))


@case
def rows_give_back_the_request(_folder, _options):
    for signal, make in BY_HAND:
        rows = rows_of(signal, make())
        assert restore.restored_singles(signal, rows) == restore.sent_singles(signal, make()), make.__name__


@case
def otlp_json_gives_back_the_request(_folder, _options):
    for signal, make in BY_HAND:
        message = make()
        back = parse_otlp_json(signal, to_otlp_json(message))
        assert restore.sent_singles(signal, back) == restore.sent_singles(signal, message), make.__name__


@case
def doubles_have_their_shortest_text(_folder, _options):
    texts = {0.0: "0", 1.0: "1", -2.5: "-2.5", 0.1: "0.1", 10000.0: "10000", 1e5: "100000",
             1234567.0: "1234567", 1e20: "100000000000000000000", 1e21: "1e+21", 0.001: "0.001", 1e-5: "0.00001",
             1e-6: "0.000001", 1e-7: "1e-07", 5e-324: "5e-324",
             INFINITY: "Infinity", -INFINITY: "-Infinity"}
    for number, text in texts.items():
        assert double_text(number) == text, f"{number!r}: {double_text(number)}, expected {text}"
    assert double_text(NAN) == "NaN" and double_text(-0.0) == "-0"


@case
def attributes_keep_their_types_in_letters(_folder, _options):
    pairs, letters = attribute_map(key_values((("s", "x"), ("b", True), ("i", -1), ("d", 2.0), ("y", b"\x00"),
                                               ("a", ["x", 1.0]), ("m", (("k", None),)), ("e", None), ("A", [b"z"]))))
    assert letters == "sbidyamsA", letters
    assert [value for _, value in pairs] == ["x", "true", "-1", "2", "AA==", '["x",1.0]', '{"k":null}', None,
                                             '{"arrayValue":{"values":[{"bytesValue":"eg=="}]}}'], pairs
    assert attribute_map(key_values((("s", "x"),)))[1] is None

