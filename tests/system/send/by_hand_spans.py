# SPDX-License-Identifier: Apache-2.0
"""Hand-made traces: every field, odd values, and the dialects that feed the promoted columns."""

import json

from send.by_hand import (DAY, EMPTY, INT64_MAX, ODD_VALUES, REQUEST_TYPE, TIME, fill_resource, fill_scope, key_values,
                          span_id, trace_id)


def odd_spans():
    """Every field of a span with odd values, spans with nothing but ids, several days, resource and scope missing."""
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    fill_resource(group, "by-hand", (("many", ["a", b"\x01"]), ("service.name", "by-hand-last")))
    scope = group.scope_spans.add()
    fill_scope(scope, "spans")
    _full_span(scope)
    for kind in range(7):  # 6 is a kind that this version of the proto doesn't name
        scope.spans.add(trace_id=trace_id(2), span_id=span_id(100 + kind), kind=kind, name=f"kind {kind}",
                        start_time_unix_nano=TIME + kind * DAY, end_time_unix_nano=TIME + kind * DAY + kind)
    for code in range(4):
        span = scope.spans.add(trace_id=trace_id(3), span_id=span_id(200 + code), start_time_unix_nano=TIME)
        span.status.code = code
    bare = request.resource_spans.add().scope_spans.add()
    bare.spans.add(trace_id=trace_id(4), span_id=span_id(300))
    bare.spans.add(trace_id=trace_id(4), span_id=span_id(301), start_time_unix_nano=TIME, end_time_unix_nano=TIME - 1)
    bare.spans.add(trace_id=trace_id(4), span_id=span_id(302), start_time_unix_nano=DAY - 1, end_time_unix_nano=DAY)
    bare.spans.add(trace_id=b"\xff" * 16, span_id=b"\xff" * 8, parent_span_id=b"\0" * 8,
                   start_time_unix_nano=TIME, end_time_unix_nano=INT64_MAX)
    empty = request.resource_spans.add()
    empty.resource.SetInParent()
    empty.scope_spans.add(schema_url="only-url").scope.SetInParent()
    empty.scope_spans[0].spans.add(trace_id=trace_id(5), span_id=span_id(400), start_time_unix_nano=TIME)
    request.resource_spans.add(schema_url="no scopes").resource.dropped_attributes_count = 1
    return request


def _full_span(scope):
    span = scope.spans.add(
        trace_id=trace_id(1), span_id=span_id(2), parent_span_id=span_id(3), trace_state="vendor=x,other=y",
        flags=0xFFFFFFFF, name="every field", kind=2, start_time_unix_nano=TIME, end_time_unix_nano=TIME + 1_001,
        dropped_attributes_count=2**31 - 1, dropped_events_count=5, dropped_links_count=6)
    span.status.code, span.status.message = 2, "went wrong: «¿?»"
    span.attributes.extend(key_values(ODD_VALUES))
    event = span.events.add(time_unix_nano=TIME + 5, name="exception", dropped_attributes_count=7)
    event.attributes.extend(key_values(ODD_VALUES[:20]))
    span.events.add()
    span.events.add(name="zeros").attributes.extend(key_values((("empty", EMPTY),)))
    link = span.links.add(trace_id=trace_id(9), span_id=span_id(9), trace_state="l=1", dropped_attributes_count=8,
                          flags=0x301)
    link.attributes.extend(key_values(ODD_VALUES[20:]))
    span.links.add()
    return span


DIALECTS = {
    "http, current names": (("http.request.method", "GET"), ("http.route", "/a/{b}"), ("url.path", "/a/1"),
                            ("http.response.status_code", 500), ("server.address", "example.org"),
                            ("error.type", "500")),
    "http, older names": (("http.method", "PUT"), ("http.status_code", 204), ("net.peer.name", "peer")),
    "http, both names": (("http.method", "OLD"), ("http.request.method", "NEW"), ("http.status_code", "404"),
                         ("net.host.name", "host"), ("net.peer.name", "peer")),
    "status that is no number": (("http.response.status_code", "teapot"), ("http.status_code", 418.0)),
    "status that is no int": (("http.response.status_code", 2**31), ("http.status_code", 1.5)),
    "db": (("db.system.name", "postgresql"), ("db.namespace", "shop"), ("db.operation.name", "SELECT"),
           ("db.collection.name", "orders")),
    "db, older names": (("db.system", "mysql"), ("db.name", "old"), ("db.operation", "INSERT"),
                        ("db.sql.table", "t")),
    "rpc and messaging": (("rpc.system", "grpc"), ("rpc.service", "S"), ("rpc.method", "M"),
                          ("messaging.system", "kafka"), ("messaging.destination.name", "topic")),
    "genai": (("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"),
              ("gen_ai.request.model", "gpt-5"), ("gen_ai.response.model", "gpt-5-2026"),
              ("gen_ai.usage.input_tokens", 120), ("gen_ai.usage.output_tokens", 30),
              ("gen_ai.usage.cache_read.input_tokens", 100), ("gen_ai.usage.cache_creation.input_tokens", 7),
              ("gen_ai.usage.reasoning.output_tokens", 12), ("gen_ai.conversation.id", "conv-1"),
              ("gen_ai.agent.name", "planner"), ("gen_ai.tool.name", "search")),
    "genai, older names": (("gen_ai.system", "anthropic"), ("gen_ai.usage.prompt_tokens", 11),
                           ("gen_ai.usage.completion_tokens", 22), ("gen_ai.usage.cache_write.input_tokens", 5)),
    "openinference": (("openinference.span.kind", "LLM"), ("llm.model_name", "claude"), ("llm.provider", "anthropic"),
                      ("llm.token_count.prompt", 10), ("llm.token_count.completion", 5),
                      ("llm.token_count.prompt_details.cache_read", 3),
                      ("llm.token_count.prompt_details.cache_write", 2),
                      ("llm.token_count.completion_details.reasoning", 1), ("llm.cost.total", 0.00125),
                      ("session.id", "sess-1"), ("user.id", "u-1"), ("agent.name", "a"), ("tool.name", "t")),
    "mlflow": (("mlflow.spanType", '"CHAT_MODEL"'), ("mlflow.experimentId", '"42"'),
               ("mlflow.trace.session", '"s-1"'), ("mlflow.trace.user", '"jane"'), ("mlflow.llm.model", '"gpt-4o"'),
               ("mlflow.llm.provider", '"openai"'),
               ("mlflow.chat.tokenUsage", json.dumps({"input_tokens": 50, "output_tokens": 60,
                                                      "cache_read_input_tokens": 7,
                                                      "cache_creation_input_tokens": 8})),
               ("mlflow.llm.cost", json.dumps({"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}))),
    "mlflow, not quoted": (("mlflow.spanType", "TOOL"), ("mlflow.experimentId", "43"),
                           ("mlflow.chat.tokenUsage", "no json"), ("gen_ai.usage.input_tokens", 9)),
    "claude code": (("input_tokens", 100), ("cache_read_tokens", 20), ("cache_creation_tokens", 3),
                    ("output_tokens", 4), ("session.id", "cc"), ("cost_usd", 0.5), ("model", "claude-opus"),
                    ("tool_name", "Bash")),
    "codex": (("input_token_count", 9), ("output_token_count", 8), ("cached_token_count", 7),
              ("reasoning_token_count", 6), ("conversation.id", "cx")),
    "gemini cli": (("input_token_count", 19), ("cached_content_token_count", 17), ("thoughts_token_count", 16),
                   ("function_name", "read_file"), ("user.email", "x@example.org")),
    "span kinds by operation": (("gen_ai.operation.name", "search_memory"),),
    "unknown operation": (("gen_ai.operation.name", "juggle"), ("openinference.span.kind", "CLOWN")),
    "a value twice": (("session.id", "first"), ("session.id", "second")),
    "a source without value": (("session.id", EMPTY), ("conversation.id", "fallback")),
    "texts that are not texts": (("session.id", 12), ("user.id", True), ("http.route", 2.5), ("url.path", ["a", 1])),
}


def dialect_spans():
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values((("deployment.environment", "older name"),)))
    scope = group.scope_spans.add()
    for number, (name, pairs) in enumerate(DIALECTS.items()):
        span = scope.spans.add(trace_id=trace_id(6), span_id=span_id(500 + number), name=name,
                               start_time_unix_nano=TIME + number, end_time_unix_nano=TIME + 10 * number)
        span.attributes.extend(key_values(pairs))
    return request
