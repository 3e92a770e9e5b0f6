# SPDX-License-Identifier: Apache-2.0
"""What the rows of all three tables have in common: time, service, resource, scope."""

import time

from expect import promoted
from expect.values import any_value, attribute_map, text_or_none

NANOS_PER_MICRO = 1_000
NANOS_PER_DAY = 86_400_000_000_000
# A clock gone wild must not open a partition for each of its days: what is older is filed under 1970-01-01, what comes
# from the future under the last day allowed.
PARTITION_DAYS_BACK, PARTITION_DAYS_AHEAD = 3660, 2


def identity(time_unix_nano, resource):
    return {
        "time": time_unix_nano // NANOS_PER_MICRO,
        "date": _partition_date(time_unix_nano),
        "service_name": _service_name(resource),
    }


def _partition_date(time_unix_nano):
    day, today = time_unix_nano // NANOS_PER_DAY, time.time_ns() // NANOS_PER_DAY
    return 0 if day < today - PARTITION_DAYS_BACK else min(day, today + PARTITION_DAYS_AHEAD)


def _service_name(resource):
    texts = [any_value(a.value)[0] for a in resource.attributes if a.key == "service.name"]
    texts = [text for text in texts if text is not None]
    return text_or_none(texts[-1]) if texts else None


def counted_attributes(message):
    """attributes, attributes_types and dropped_attributes_count of a message that has them."""
    pairs, types = attribute_map(message.attributes)
    return {
        "attributes": pairs,
        "attributes_types": types,
        "dropped_attributes_count": message.dropped_attributes_count,
    }


def resource_promoted(resource):
    return promoted.columns(promoted.RESOURCE, resource.attributes)


def origin(resource_group, scope_group, schema_url_column):
    """The last columns: `resource_group` is a ResourceSpans or sibling, `scope_group` a ScopeSpans or sibling."""
    scope = scope_group.scope
    return {
        "resource": counted_attributes(resource_group.resource) if resource_group.HasField("resource") else None,
        "resource_schema_url": text_or_none(resource_group.schema_url),
        "instrumentation_scope": {
            "name": text_or_none(scope.name),
            "version": text_or_none(scope.version),
            **counted_attributes(scope),
        } if scope_group.HasField("scope") else None,
        schema_url_column: text_or_none(scope_group.schema_url),
    }
