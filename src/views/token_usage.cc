// SPDX-License-Identifier: Apache-2.0
// What models were asked, by whom, and what it cost.
#include "views/definitions.h"

namespace weir::views {

View TokenUsage() {
  return {
      .name = "token_usage",
      .summary = "a minute of calls to one model, by service, user and session: tokens and cost",
      .text = R"sql(
SELECT time_bucket(INTERVAL 1 MINUTE, time) AS minute, date, gen_ai_provider_name AS provider,
       coalesce(gen_ai_response_model, gen_ai_request_model) AS model, service_name, user_id, session_id,
       count(*) AS calls, sum(input_tokens)::BIGINT AS input_tokens, sum(output_tokens)::BIGINT AS output_tokens,
       sum(cache_read_tokens)::BIGINT AS cache_read_tokens, sum(cache_write_tokens)::BIGINT AS cache_write_tokens,
       sum(reasoning_tokens)::BIGINT AS reasoning_tokens, sum(cost_usd) AS cost_usd
FROM {otel_spans}
WHERE input_tokens IS NOT NULL OR output_tokens IS NOT NULL OR cost_usd IS NOT NULL
GROUP BY ALL
)sql"};
}

}  // namespace weir::views
