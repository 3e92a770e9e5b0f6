// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "bench/sample/shop.h"

namespace weir::sample {
namespace {

constexpr std::array<std::string_view, 4> kFunctions = {"placeOrder", "charge", "ship", "quote"};
constexpr std::array<std::string_view, 3> kFiles = {"src/order.go", "src/cart.go", "src/pay.go"};

}  // namespace

void LogRecord(OtlpWriter& out, Dice& dice, int number) {
  const uint64_t time = kStart + static_cast<uint64_t>(number) * 131'000;
  const bool is_bad = dice.OneIn(20);
  out.Fixed64({1, "timeUnixNano"}, time);
  out.Number({2, "severityNumber"}, is_bad ? 17 : 9);
  out.Text({3, "severityText"}, is_bad ? "ERROR" : "INFO");
  out.Message({5, "body"}, [&](OtlpWriter& body) {
    TextValue(body, fmt::format("order {} of user-{:05} took {} ms: {}", dice.Below(1'000'000),
                                dice.Below(20'000), dice.Below(900), Words(dice, 6)));
  });
  Attributes(out, {6, "attributes"},
             {{"code.function.name", std::string(dice.Pick(kFunctions))},
              {"code.file.path", std::string(dice.Pick(kFiles))},
              {"code.line.number", dice.Below(900)},
              {"thread.name", fmt::format("worker-{}", dice.Below(16))}});
  out.Fixed32({8, "flags"}, 1);
  out.Id({9, "traceId"}, dice.Id(16));
  out.Id({10, "spanId"}, dice.Id(8));
  out.Fixed64({11, "observedTimeUnixNano"}, time + 4'000);
}

}  // namespace weir::sample
