# SPDX-License-Identifier: Apache-2.0
"""Promoted columns: which attributes feed which column, and how.

A column has a type and a list of sources; the first source that the record has with a value that fits wins, among equal
keys the last. A source is a key, or (key, how).
"""

import json
import math

from expect.values import any_value

MAX_LONG = 2**63 - 1


def json_text(text, _letter):
    """MLflow writes texts as JSON: quotes are taken off."""
    try:
        parsed = json.loads(text) if text.startswith('"') else None
    except ValueError:
        parsed = None
    return (parsed, "s") if isinstance(parsed, str) else (text, "s")


def member(name):
    """The number `name` of a JSON object."""
    def of(text, _letter):
        try:
            number = json.loads(text)[name]
        except (ValueError, KeyError, TypeError):
            return None
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return None
        return str(number), "i" if isinstance(number, int) else "d"
    return of


SPAN_TYPES = {
    "AGENT": ("agent", "create_agent", "invoke_agent"),
    "CHAIN": ("chain",),
    "CHAT_MODEL": ("chat", "chat_model"),
    "EMBEDDING": ("embedding", "embeddings"),
    "EVALUATOR": ("evaluator",),
    "GUARDRAIL": ("guardrail",),
    "LLM": ("llm", "generate_content", "text_completion"),
    "MEMORY": ("memory",),
    "PARSER": ("parser",),
    "PROMPT": ("prompt",),
    "RERANKER": ("reranker",),
    "RETRIEVER": ("retriever", "retrieval"),
    "TASK": ("task", "plan"),
    "TOOL": ("tool", "execute_tool"),
    "UNKNOWN": ("unknown",),
    "WORKFLOW": ("workflow", "invoke_workflow"),
}


def span_type(text, letter):
    lower = json_text(text, letter)[0].lower()
    for name, spellings in SPAN_TYPES.items():
        if lower in spellings:
            return name, "s"
    return ("MEMORY", "s") if lower.endswith("_memory") else None


USAGE = "mlflow.chat.tokenUsage"
# Counts input without what came from or went to the cache; the normal form includes it.
EXCLUDES_CACHE = "input_tokens"
CACHE_TOKENS = ("cache_read_tokens", "cache_creation_tokens")

SESSION_ID = ("text", [("mlflow.trace.session", json_text), "session.id", "gen_ai.conversation.id", "conversation.id"])
USER_ID = ("text", [("mlflow.trace.user", json_text), "user.id", "user.email"])
REQUEST_MODEL = ("text", ["gen_ai.request.model", "llm.request.model_name", ("mlflow.llm.model", json_text),
                          "llm.model_name", "model"])
INPUT_TOKENS = ("long", [(USAGE, member("input_tokens")), "gen_ai.usage.input_tokens", "llm.token_count.prompt",
                         EXCLUDES_CACHE, "input_token_count", "gen_ai.usage.prompt_tokens"])
OUTPUT_TOKENS = ("long", [(USAGE, member("output_tokens")), "gen_ai.usage.output_tokens", "llm.token_count.completion",
                          "output_tokens", "output_token_count", "gen_ai.usage.completion_tokens"])
COST_USD = ("double", [("mlflow.llm.cost", member("total_cost")), "llm.cost.total", "cost_usd"])

RESOURCE = {
    "service_namespace": ("text", ["service.namespace"]),
    "service_version": ("text", ["service.version"]),
    "service_instance_id": ("text", ["service.instance.id"]),
    "deployment_environment_name": ("text", ["deployment.environment.name", "deployment.environment"]),
    "host_name": ("text", ["host.name"]),
    "cloud_region": ("text", ["cloud.region"]),
    "k8s_cluster_name": ("text", ["k8s.cluster.name"]),
    "k8s_namespace_name": ("text", ["k8s.namespace.name"]),
    "k8s_pod_name": ("text", ["k8s.pod.name"]),
}

SPAN = {
    "http_request_method": ("text", ["http.request.method", "http.method"]),
    "http_route": ("text", ["http.route"]),
    "http_response_status_code": ("int", ["http.response.status_code", "http.status_code"]),
    "url_path": ("text", ["url.path"]),
    "server_address": ("text", ["server.address", "net.peer.name", "net.host.name"]),
    "db_system_name": ("text", ["db.system.name", "db.system"]),
    "db_namespace": ("text", ["db.namespace", "db.name"]),
    "db_operation_name": ("text", ["db.operation.name", "db.operation"]),
    "db_collection_name": ("text", ["db.collection.name", "db.sql.table"]),
    "rpc_system": ("text", ["rpc.system.name", "rpc.system"]),
    "rpc_service": ("text", ["rpc.service"]),
    "rpc_method": ("text", ["rpc.method"]),
    "messaging_system": ("text", ["messaging.system"]),
    "messaging_destination_name": ("text", ["messaging.destination.name", "messaging.destination"]),
    "error_type": ("text", ["error.type"]),
    "session_id": SESSION_ID,
    "user_id": USER_ID,
    "span_type": ("text", [("mlflow.spanType", span_type), ("openinference.span.kind", span_type),
                           ("gen_ai.operation.name", span_type)]),
    "gen_ai_operation_name": ("text", ["gen_ai.operation.name"]),
    "gen_ai_provider_name": ("text", [("mlflow.llm.provider", json_text), "gen_ai.provider.name", "gen_ai.system",
                                      "llm.provider"]),
    "gen_ai_request_model": REQUEST_MODEL,
    "gen_ai_response_model": ("text", ["gen_ai.response.model", "llm.response.model_name"]),
    "gen_ai_agent_name": ("text", ["gen_ai.agent.name", "agent.name"]),
    "gen_ai_tool_name": ("text", ["gen_ai.tool.name", "tool.name", "tool_name", "function_name"]),
    "input_tokens": INPUT_TOKENS,
    "output_tokens": OUTPUT_TOKENS,
    "cache_read_tokens": ("long", [(USAGE, member("cache_read_input_tokens")), "gen_ai.usage.cache_read.input_tokens",
                                   "llm.token_count.prompt_details.cache_read", "cache_read_tokens",
                                   "cached_token_count", "cached_content_token_count"]),
    "cache_write_tokens": ("long", [(USAGE, member("cache_creation_input_tokens")),
                                    "gen_ai.usage.cache_write.input_tokens",
                                    "gen_ai.usage.cache_creation.input_tokens",
                                    "llm.token_count.prompt_details.cache_write", "cache_creation_tokens"]),
    "reasoning_tokens": ("long", ["gen_ai.usage.reasoning.output_tokens",
                                  "llm.token_count.completion_details.reasoning", "reasoning_token_count",
                                  "thoughts_token_count"]),
    "cost_usd": COST_USD,
    "mlflow_experiment_id": ("text", [("mlflow.experimentId", json_text)]),
}

LOG = {
    "exception_type": ("text", ["exception.type"]),
    "exception_message": ("text", ["exception.message"]),
    "session_id": SESSION_ID,
    "user_id": USER_ID,
    "gen_ai_request_model": REQUEST_MODEL,
    "input_tokens": INPUT_TOKENS,
    "output_tokens": OUTPUT_TOKENS,
    "cost_usd": COST_USD,
}


def columns(table, attributes):
    """All columns of `table` (RESOURCE, SPAN or LOG) for one list of KeyValue."""
    values = {}
    for attribute in attributes:
        text, letter = any_value(attribute.value)
        if text is not None:
            values.setdefault(attribute.key, []).append((text, letter))
    return {name: _first_that_fits(type_name, sources, values) for name, (type_name, sources) in table.items()}


def _first_that_fits(type_name, sources, values):
    for source in sources:
        key, how = source if isinstance(source, tuple) else (source, None)
        for text, letter in reversed(values.get(key, [])):
            taken = how(text, letter) if how else (text, letter)
            value = None if taken is None else CONVERT[type_name](*taken)
            if value is not None:
                return value + _cache_tokens(values) if key == EXCLUDES_CACHE else value
    return None


def _cache_tokens(values):
    return sum(max(0, _long(text, letter) or 0) for key in CACHE_TOKENS for text, letter in values.get(key, []))


def _double(text, letter):
    if letter not in "ids" or text != text.strip() or text.startswith("+") or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _long(text, letter):
    number = _double(text, letter)
    if number is None or not math.isfinite(number) or number != math.trunc(number):
        return None
    exact = int(text) if text.lstrip("-").isdigit() else int(number)
    return exact if -MAX_LONG <= exact <= MAX_LONG else None


def _int(text, letter):
    number = _long(text, letter)
    return number if number is not None and -(2**31) <= number < 2**31 else None


CONVERT = {"text": lambda text, _letter: text, "double": _double, "long": _long, "int": _int}
