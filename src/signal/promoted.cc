// SPDX-License-Identifier: Apache-2.0
#include "signal/promoted.h"

#include <algorithm>
#include <string>
#include <utility>

namespace weir::signal {
namespace {

using enum PromotedType;
using enum PromotedRule;

constexpr std::string_view kTokenUsage = "mlflow.chat.tokenUsage";

PromotedColumn SessionId() {
  return {"session_id",
          kText,
          {{"mlflow.trace.session", kJsonText},
           {"session.id"},
           {"gen_ai.conversation.id"},
           {"conversation.id"}}};
}

PromotedColumn UserId() {
  return {"user_id", kText, {{"mlflow.trace.user", kJsonText}, {"user.id"}, {"user.email"}}};
}

PromotedColumn RequestModel() {
  return {"gen_ai_request_model",
          kText,
          {{"gen_ai.request.model"},
           {"llm.request.model_name"},
           {"mlflow.llm.model", kJsonText},
           {"llm.model_name"},
           {"model"}}};
}

PromotedColumn InputTokens() {
  return {"input_tokens",
          kLong,
          {{kTokenUsage, kJsonMember, "input_tokens"},
           {"gen_ai.usage.input_tokens"},
           {"llm.token_count.prompt"},
           {"input_tokens", kExcludesCache},
           {"input_token_count"},
           {"gen_ai.usage.prompt_tokens"}}};
}

PromotedColumn OutputTokens() {
  return {"output_tokens",
          kLong,
          {{kTokenUsage, kJsonMember, "output_tokens"},
           {"gen_ai.usage.output_tokens"},
           {"llm.token_count.completion"},
           {"output_tokens"},
           {"output_token_count"},
           {"gen_ai.usage.completion_tokens"}}};
}

PromotedColumn CacheReadTokens() {
  return {"cache_read_tokens",
          kLong,
          {{kTokenUsage, kJsonMember, "cache_read_input_tokens"},
           {"gen_ai.usage.cache_read.input_tokens"},
           {"llm.token_count.prompt_details.cache_read"},
           {"cache_read_tokens"},
           {"cached_token_count"},
           {"cached_content_token_count"}}};
}

PromotedColumn CacheWriteTokens() {
  return {"cache_write_tokens",
          kLong,
          {{kTokenUsage, kJsonMember, "cache_creation_input_tokens"},
           {"gen_ai.usage.cache_write.input_tokens"},
           {"gen_ai.usage.cache_creation.input_tokens"},
           {"llm.token_count.prompt_details.cache_write"},
           {"cache_creation_tokens"}}};
}

PromotedColumn ReasoningTokens() {
  return {"reasoning_tokens",
          kLong,
          {{"gen_ai.usage.reasoning.output_tokens"},
           {"llm.token_count.completion_details.reasoning"},
           {"reasoning_token_count"},
           {"thoughts_token_count"}}};
}

PromotedColumn CostUsd() {
  return {"cost_usd",
          kDouble,
          {{"mlflow.llm.cost", kJsonMember, "total_cost"}, {"llm.cost.total"}, {"cost_usd"}}};
}

std::vector<PromotedColumn> MakeSpanColumns() {
  return {
      {"http_request_method", kText, {{"http.request.method"}, {"http.method"}}},
      {"http_route", kText, {{"http.route"}}},
      {"http_response_status_code", kInt, {{"http.response.status_code"}, {"http.status_code"}}},
      {"url_path", kText, {{"url.path"}}},
      {"server_address", kText, {{"server.address"}, {"net.peer.name"}, {"net.host.name"}}},
      {"db_system_name", kText, {{"db.system.name"}, {"db.system"}}},
      {"db_namespace", kText, {{"db.namespace"}, {"db.name"}}},
      {"db_operation_name", kText, {{"db.operation.name"}, {"db.operation"}}},
      {"db_collection_name", kText, {{"db.collection.name"}, {"db.sql.table"}}},
      {"rpc_system", kText, {{"rpc.system.name"}, {"rpc.system"}}},
      {"rpc_service", kText, {{"rpc.service"}}},
      {"rpc_method", kText, {{"rpc.method"}}},
      {"messaging_system", kText, {{"messaging.system"}}},
      {"messaging_destination_name",
       kText,
       {{"messaging.destination.name"}, {"messaging.destination"}}},
      {"error_type", kText, {{"error.type"}}},
      SessionId(),
      UserId(),
      {"span_type",
       kText,
       {{"mlflow.spanType", kSpanType},
        {"openinference.span.kind", kSpanType},
        {"gen_ai.operation.name", kSpanType}}},
      {"gen_ai_operation_name", kText, {{"gen_ai.operation.name"}}},
      {"gen_ai_provider_name",
       kText,
       {{"mlflow.llm.provider", kJsonText},
        {"gen_ai.provider.name"},
        {"gen_ai.system"},
        {"llm.provider"}}},
      RequestModel(),
      {"gen_ai_response_model", kText, {{"gen_ai.response.model"}, {"llm.response.model_name"}}},
      {"gen_ai_agent_name", kText, {{"gen_ai.agent.name"}, {"agent.name"}}},
      {"gen_ai_tool_name",
       kText,
       {{"gen_ai.tool.name"}, {"tool.name"}, {"tool_name"}, {"function_name"}}},
      InputTokens(),
      OutputTokens(),
      CacheReadTokens(),
      CacheWriteTokens(),
      ReasoningTokens(),
      CostUsd(),
      {"mlflow_experiment_id", kText, {{"mlflow.experimentId", kJsonText}}},
  };
}

std::vector<PromotedColumn> MakeResourceColumns() {
  return {
      {"service_namespace", kText, {{"service.namespace"}}},
      {"service_version", kText, {{"service.version"}}},
      {"service_instance_id", kText, {{"service.instance.id"}}},
      {"deployment_environment_name",
       kText,
       {{"deployment.environment.name"}, {"deployment.environment"}}},
      {"host_name", kText, {{"host.name"}}},
      {"cloud_region", kText, {{"cloud.region"}}},
      {"k8s_cluster_name", kText, {{"k8s.cluster.name"}}},
      {"k8s_namespace_name", kText, {{"k8s.namespace.name"}}},
      {"k8s_pod_name", kText, {{"k8s.pod.name"}}},
  };
}

std::vector<PromotedColumn> MakeLogColumns() {
  return {
      {"exception_type", kText, {{"exception.type"}}},
      {"exception_message", kText, {{"exception.message"}}},
      SessionId(),
      UserId(),
      RequestModel(),
      InputTokens(),
      OutputTokens(),
      CostUsd(),
  };
}

/// Dialect name, in lower case, to our span type (MLflow's vocabulary).
constexpr std::pair<std::string_view, std::string_view> kSpanTypes[] = {
    {"agent", "AGENT"},
    {"chain", "CHAIN"},
    {"chat", "CHAT_MODEL"},
    {"chat_model", "CHAT_MODEL"},
    {"create_agent", "AGENT"},
    {"embedding", "EMBEDDING"},
    {"embeddings", "EMBEDDING"},
    {"evaluator", "EVALUATOR"},
    {"execute_tool", "TOOL"},
    {"generate_content", "LLM"},
    {"guardrail", "GUARDRAIL"},
    {"invoke_agent", "AGENT"},
    {"invoke_workflow", "WORKFLOW"},
    {"llm", "LLM"},
    {"memory", "MEMORY"},
    {"parser", "PARSER"},
    {"plan", "TASK"},
    {"prompt", "PROMPT"},
    {"reranker", "RERANKER"},
    {"retrieval", "RETRIEVER"},
    {"retriever", "RETRIEVER"},
    {"task", "TASK"},
    {"text_completion", "LLM"},
    {"tool", "TOOL"},
    {"unknown", "UNKNOWN"},
    {"workflow", "WORKFLOW"},
};

}  // namespace

std::span<const PromotedColumn> ResourceColumns() {
  static const std::vector<PromotedColumn> columns = MakeResourceColumns();
  return columns;
}

std::span<const PromotedColumn> SpanColumns() {
  static const std::vector<PromotedColumn> columns = MakeSpanColumns();
  return columns;
}

std::span<const PromotedColumn> LogColumns() {
  static const std::vector<PromotedColumn> columns = MakeLogColumns();
  return columns;
}

std::string_view SpanTypeOf(std::string_view kind_or_operation) {
  std::string lower(kind_or_operation);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto found = std::ranges::lower_bound(kSpanTypes, lower, {},
                                              [](const auto& entry) { return entry.first; });
  if (found != std::end(kSpanTypes) && found->first == lower) return found->second;
  return lower.ends_with("_memory") ? "MEMORY" : "";
}

}  // namespace weir::signal
