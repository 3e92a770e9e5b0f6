# SPDX-License-Identifier: Apache-2.0
"""An independent model of the published tables: OTLP messages in, rows out.

Written from the tables' documentation, not from the C++ code, so that each checks the other.
A row is a dict of column name to plain Python values: text, int, float, bool, None, lists, dicts for structs,
lists of [key, value] for maps, microseconds for timestamps, days for dates.
"""

from expect.logs import log_rows
from expect.metrics import metric_rows
from expect.spans import span_rows

ROWS_OF = {"traces": span_rows, "logs": log_rows, "metrics": metric_rows}
TABLE_OF = {"traces": "otel_spans", "logs": "otel_logs", "metrics": "otel_metrics"}
SIGNALS = tuple(ROWS_OF)


def rows_of(signal, message):
    """The rows of one export request (or TracesData and the like), in request order."""
    return ROWS_OF[signal](message)
