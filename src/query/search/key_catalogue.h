// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which keys and values there are to search for: kept as rows are committed, so that suggestions
// never wait for a scan.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "query/search/field.h"
#include "query/search/frequent_texts.h"
#include "signal/row_columns.h"

namespace weir::query::search {

// With all of them used it takes some 20 MB of memory and half of that on disk.
inline constexpr size_t kCatalogueKeysMax = 400;      // Of a signal.
inline constexpr size_t kCatalogueValuesMax = 64;     // Of a key.
inline constexpr size_t kCatalogueTextBytesMax = 96;  // Longer keys and values are not kept.
// What is looked at of a flush: its cost does not grow with the rate.
inline constexpr int64_t kSampledRows = 256;
// What came longer ago counts half, so that what is gone is forgotten.
inline constexpr int64_t kHalfLifeSeconds = 6 * 3600;

struct Suggestion {
  std::string text;  // A key, or a value as it is, without quotes.
  bool is_key = false;
  int64_t count = 0;  // Of rows, about, those of long ago less.
};

/// Keys and values as queries write them, with approximate counts. Any thread.
class KeyCatalogue {
 public:
  /// An attribute of a row, or what stands for one.
  struct Seen {
    std::string_view key, value;
    bool has_value = true;
  };

  KeyCatalogue();

  /// `rows`, a published table's, are being committed. Looks at kSampledRows of them, each of which
  /// then stands for as many as there are to one of those. They have been sorted into days before.
  void Observe(signal::RowColumns& rows);
  /// A row with these, which stands for `times`.
  void Add(Subject subject, const std::vector<Seen>& row, int64_t times);

  /// What can follow `typed`, the term under way: keys as long as it has no operator (`http.r`),
  /// then values (`http.route:/api`). Those that begin with it come first; of keys those that most
  /// people look for, then frequent ones.
  std::vector<Suggestion> Suggest(Subject subject, std::string_view typed, size_t max) const;

  /// Nothing was seen yet.
  void Clear();

  /// As text, to be kept over a restart.
  std::string ToText() const;
  /// Takes over what ToText gave. Errors: kBadRequest, nothing taken, where it is something else.
  Status Load(std::string_view text);
  /// Halves all counts where the last time was kHalfLifeSeconds ago.
  void Age(int64_t now_unix_s);

 private:
  struct Key {
    int64_t count = 0;
    FrequentTexts values{kCatalogueValuesMax};
  };
  struct Signal {
    int64_t rows = 0;
    std::map<std::string, Key, std::less<>> keys;
  };
  struct State {
    std::array<Signal, 3> signals;  // Spans, logs, metrics.
    int64_t aged_unix_s = 0;
  };
  static size_t IndexOf(Subject subject);
  static Key* FindKey(Signal& signal, std::string_view key);
  static void SuggestKeys(Subject subject, const Signal& signal, std::string_view typed,
                          std::vector<Suggestion>& found);
  static void SuggestValues(Subject subject, const Signal& signal, std::string_view key,
                            std::string_view typed, std::vector<Suggestion>& found);

  mutable Guarded<State> state_;
};

}  // namespace weir::query::search
