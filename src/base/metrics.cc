// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <fmt/format.h>

#include <cmath>

#include "base/check.h"

namespace weir::metrics {
namespace {

using Renderer = std::function<void(std::string&)>;

Guarded<std::vector<Renderer>>& Renderers() {
  static Guarded<std::vector<Renderer>> renderers;
  return renderers;
}

std::string LabelText(const Labels& names, const Labels& values, std::string_view le = {}) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}{}=\"", text.empty() ? "" : ",", name);
    for (char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c == '\n' ? ' ' : c;
    }
    text += '"';
  };
  for (size_t i = 0; i < names.size(); ++i) add(names[i], values[i]);
  if (!le.empty()) add("le", le);
  return text.empty() ? text : "{" + text + "}";
}

struct Named {
  const std::string& name;
  const Labels& label_names;
  const Labels& label_values;
};

constexpr std::string_view TypeName(const Counter*) { return "counter"; }
constexpr std::string_view TypeName(const Gauge*) { return "gauge"; }
constexpr std::string_view TypeName(const Histogram*) { return "histogram"; }

void RenderChild(const Named& named, const Counter& counter, std::string& out) {
  out += fmt::format("{}{} {}\n", named.name, LabelText(named.label_names, named.label_values),
                     counter.value());
}

void RenderChild(const Named& named, const Gauge& gauge, std::string& out) {
  out += fmt::format("{}{} {}\n", named.name, LabelText(named.label_names, named.label_values),
                     gauge.value());
}

void RenderChild(const Named& named, const Histogram& histogram, std::string& out) {
  int64_t cumulative = 0;
  for (int bucket = 0; bucket <= Histogram::kBuckets; ++bucket) {
    cumulative += histogram.count(bucket);
    const std::string le =
        bucket == Histogram::kBuckets ? "+Inf" : fmt::format("{}", Histogram::UpperBound(bucket));
    out += fmt::format("{}_bucket{} {}\n", named.name,
                       LabelText(named.label_names, named.label_values, le), cumulative);
  }
  const std::string labels = LabelText(named.label_names, named.label_values);
  out += fmt::format("{}_sum{} {}\n{}_count{} {}\n", named.name, labels, histogram.sum(),
                     named.name, labels, cumulative);
}

}  // namespace

double Histogram::UpperBound(int bucket) { return 0.00025 * std::exp2(bucket); }

void Histogram::Observe(double seconds) {
  int bucket = 0;
  while (bucket < kBuckets && seconds > UpperBound(bucket)) ++bucket;
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(seconds, std::memory_order_relaxed);
}

template <typename Instrument>
Family<Instrument>::Family(std::string name, std::string help, Labels label_names)
    : name_(std::move(name)), help_(std::move(help)), label_names_(std::move(label_names)) {
  if (label_names_.empty()) With();
  Renderers().Lock()->push_back([this](std::string& out) { RenderTo(out); });
}

template <typename Instrument>
Instrument& Family<Instrument>::With(const Labels& label_values) {
  CHECK(label_values.size() == label_names_.size());
  auto children = children_.Lock();
  auto& child = (*children)[label_values];
  if (child == nullptr) child = std::make_unique<Instrument>();
  return *child;
}

template <typename Instrument>
void Family<Instrument>::RenderTo(std::string& out) const {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name_, help_, name_,
                     TypeName(static_cast<const Instrument*>(nullptr)));
  auto children = children_.Lock();
  for (const auto& [label_values, child] : *children) {
    RenderChild({name_, label_names_, label_values}, *child, out);
  }
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

std::string RenderPrometheus() {
  std::string out;
  auto renderers = Renderers().Lock();
  for (const Renderer& render : *renderers) render(out);
  return out;
}

}  // namespace weir::metrics
