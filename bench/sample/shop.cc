// SPDX-License-Identifier: Apache-2.0
#include "bench/sample/shop.h"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace weir::sample {
namespace {

constexpr std::array<std::string_view, kServices> kNames = {
    "frontend", "checkout", "cart",      "catalog", "payment",    "shipping",
    "email",    "currency", "recommend", "ad",      "accounting", "fraud-detection"};
constexpr std::array<std::string_view, 4> kLanguages = {"nodejs", "go", "java", "cpp"};
constexpr std::array<std::string_view, 24> kWords = {
    "order",   "placed",  "for",    "user",  "with",  "token",   "retry",  "after",
    "timeout", "in",      "region", "price", "stock", "session", "refund", "address",
    "update",  "invoice", "paid",   "by",    "card",  "cache",   "miss",   "latency"};

void Value(OtlpWriter& out, const Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute.value))
    out.Text({1, "stringValue"}, *text);
  if (const auto* flag = std::get_if<bool>(&attribute.value)) out.Bool({2, "boolValue"}, *flag);
  if (const auto* number = std::get_if<int64_t>(&attribute.value))
    out.Long({3, "intValue"}, *number);
  if (const auto* real = std::get_if<double>(&attribute.value))
    out.Double({4, "doubleValue"}, *real);
}

}  // namespace

void Attributes(OtlpWriter& out, Field field, std::initializer_list<Attribute> attributes) {
  out.List(field, static_cast<int>(attributes.size()), [&](OtlpWriter& pair, int i) {
    const Attribute& attribute = *(attributes.begin() + i);
    pair.Text({1, "key"}, attribute.key);
    pair.Message({2, "value"}, [&](OtlpWriter& value) { Value(value, attribute); });
  });
}

void TextValue(OtlpWriter& out, std::string_view text) { out.Text({1, "stringValue"}, text); }

void Resource(OtlpWriter& out, int service) {
  const std::string name(kNames[service]);
  Attributes(out, {1, "attributes"},
             {{"service.name", name},
              {"service.namespace", "shop"},
              {"service.version", fmt::format("2.{}.0", service)},
              {"service.instance.id", fmt::format("{}-{:08x}", name, service * 7919)},
              {"telemetry.sdk.language", std::string(kLanguages[service % 4])},
              {"telemetry.sdk.name", "opentelemetry"},
              {"telemetry.sdk.version", "1.38.0"},
              {"k8s.namespace.name", "shop"},
              {"k8s.pod.name", fmt::format("{}-{:08x}", name, service * 7919)},
              {"k8s.node.name", fmt::format("node-{:02}", service % 5)},
              {"cloud.region", "eu-central-1"},
              {"deployment.environment.name", "production"},
              {"process.pid", int64_t{100} + service}});
}

void Scope(OtlpWriter& out, int service) {
  out.Text({1, "name"}, fmt::format("instrumentation-{}", kLanguages[service % 4]));
  out.Text({2, "version"}, "0.57.1");
}

std::string Words(Dice& dice, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += std::string(i > 0 ? " " : "") + std::string(dice.Pick(kWords));
  return text;
}

}  // namespace weir::sample
