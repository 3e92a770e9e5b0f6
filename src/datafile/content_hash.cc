// SPDX-License-Identifier: Apache-2.0
#include "datafile/content_hash.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace weir::datafile {
namespace {

std::string TextOf(XXH64_hash_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace

struct ContentHash::State {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> xxh3{XXH3_createState()};
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {
  XXH3_64bits_reset(state_->xxh3.get());
}
ContentHash::~ContentHash() = default;
ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;

void ContentHash::Add(std::string_view bytes) {
  XXH3_64bits_update(state_->xxh3.get(), bytes.data(), bytes.size());
}

std::string ContentHash::Text() const { return TextOf(XXH3_64bits_digest(state_->xxh3.get())); }

std::string ContentHashOf(std::string_view bytes) {
  return TextOf(XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace weir::datafile
