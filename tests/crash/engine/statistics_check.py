# SPDX-License-Identifier: Apache-2.0
"""What both formats say of a file against the rows in it: schema, counts, bounds, partition. Each gives problems."""

import datetime
import math

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.conversions import from_bytes

EPOCH = datetime.date(1970, 1, 1)
# Delta's log has times in milliseconds, so its bounds may be this much too wide.
DELTA_TIME_SLACK_US = 999


def schema_problems(found, wanted):
    if found.names != wanted.names:
        return [f"columns are {found.names}, the table has {wanted.names}"]
    pairs = [(name, _type_text(found.field(name).type), _type_text(wanted.field(name).type)) for name in found.names]
    return [f"column {name} is {a}, the table has {b}" for name, a, b in pairs if a != b]


def _type_text(arrow_type):
    """Top-level scalars exactly; of nested ones the kind."""
    if pa.types.is_nested(arrow_type):
        return str(arrow_type).split("<")[0].replace("large_", "")
    return str(arrow_type).replace("large_", "")


def _plain(column):
    """Values that can be compared with a bound: times in microseconds, dates in days."""
    if column.null_count == len(column):
        return []
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    elif pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return [value for value in column.to_pylist()
            if value is not None and not (isinstance(value, float) and math.isnan(value))]


def _bound_problems(name, values, low, high, slack=0):
    """Bounds hold all values; those of numbers and times are exact up to `slack`."""
    if not values:
        return []
    problems = []
    is_exact = not isinstance(values[0], (str, bool, float))
    if low is not None and (low > min(values) or is_exact and low < min(values) - slack):
        problems.append(f"{name}: the lower bound is {low!r}, the least value {min(values)!r}")
    if high is not None and (high < max(values) or is_exact and high > max(values) + slack):
        problems.append(f"{name}: the upper bound is {high!r}, the greatest value {max(values)!r}")
    return problems


def _top_level_scalars(table):
    return [name for name in table.column_names if not pa.types.is_nested(table.schema.field(name).type)]


def iceberg_problems(table, schema, file):
    problems = []
    if file.record_count != table.num_rows:
        problems.append(f"Iceberg tells of {file.record_count} rows, the file has {table.num_rows}")
    for name in _top_level_scalars(table):
        field, column = schema.find_field(name), table.column(name)
        nulls = (file.null_value_counts or {}).get(field.field_id)
        if nulls is not None and nulls != column.null_count:
            problems.append(f"Iceberg tells of {nulls} nulls in {name}, there are {column.null_count}")
        bounds = [(bounds or {}).get(field.field_id) for bounds in (file.lower_bounds, file.upper_bounds)]
        low, high = (None if bound is None else from_bytes(field.field_type, bound) for bound in bounds)
        problems += ["Iceberg's " + text for text in _bound_problems(name, _plain(column), low, high)]
    return problems


def _delta_bound(value):
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return (value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(
            microseconds=1)
    return (value - EPOCH).days if isinstance(value, datetime.date) else value


def delta_problems(table, add):
    problems = []
    if add["num_records"] != table.num_rows:
        problems.append(f"Delta tells of {add['num_records']} rows, the file has {table.num_rows}")
    for name in _top_level_scalars(table):
        column = table.column(name)
        nulls = add.get(f"null_count.{name}")
        if nulls is not None and nulls != column.null_count:
            problems.append(f"Delta tells of {nulls} nulls in {name}, there are {column.null_count}")
        low, high = _delta_bound(add.get(f"min.{name}")), _delta_bound(add.get(f"max.{name}"))
        slack = DELTA_TIME_SLACK_US if pa.types.is_timestamp(column.type) else 0
        problems += ["Delta's " + text for text in _bound_problems(name, _plain(column), low, high, slack)]
    return problems


def partition_problems(table, path, iceberg, delta):
    """All rows have the date that the path, Iceberg and Delta tell."""
    dates = set(pc.unique(table.column("date")).to_pylist())
    told = {datetime.date.fromisoformat(path.split("/date=")[1].split("/")[0])}
    if iceberg is not None:
        days = iceberg.partition[0]
        told.add(days if isinstance(days, datetime.date) else EPOCH + datetime.timedelta(days=days))
    if delta is not None:
        date = delta["partition.date"]
        told.add(date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date))
    return [] if dates == told else [f"dates of rows are {sorted(dates)}, of the partition {sorted(told)}"]
