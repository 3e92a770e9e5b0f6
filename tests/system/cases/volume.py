# SPDX-License-Identifier: Apache-2.0
"""Many requests as fast as they are acknowledged, over every protocol; then counted in both formats."""

from expect import SIGNALS, TABLE_OF
from harness.load import METRIC_ITEMS, Load, assert_exactly_the_acked
from harness.registry import case
from harness.weir_server import WeirServer

REQUESTS = 400
COUNTERS = {"traces": "otelcol_receiver_accepted_spans", "logs": "otelcol_receiver_accepted_log_records",
            "metrics": "otelcol_receiver_accepted_metric_points"}


@case
def every_row_of_a_fast_load_is_there_once(folder, options):
    with WeirServer(options.binary, folder) as weir:
        acked = dict.fromkeys(SIGNALS, 0)
        for signal in SIGNALS:
            for number, (proto, gzip) in enumerate((("grpc", False), ("http", True), ("json", False), ("grpc", True))):
                load = Load(signal, proto, first=number * 10_000, gzip=gzip)
                result = load.to_end(weir, folder, "-requests", REQUESTS, "-clients", 8)
                assert result["failed"] == 0, result
                acked[signal] += result["acked_requests"] * METRIC_ITEMS
        for signal in SIGNALS:
            weir.wait_rows(TABLE_OF[signal], acked[signal])
        assert_exactly_the_acked(weir, SIGNALS, folder)
        counted = {signal: weir.metric(name) for signal, name in COUNTERS.items()}
        assert counted == acked, f"/metrics counts {counted}, acknowledged were {acked}"
        weir.verify()
