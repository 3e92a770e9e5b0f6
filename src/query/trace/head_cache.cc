// SPDX-License-Identifier: Apache-2.0
#include "query/trace/head_cache.h"

namespace weir::query {

Result<std::shared_ptr<const datafile::FileHead>> HeadCache::Of(const datafile::PartReader& parts,
                                                                const std::string& path,
                                                                int64_t file_bytes) {
  {
    auto kept = kept_.Lock();
    if (const auto found = kept->by_path.find(path); found != kept->by_path.end()) {
      kept->heads.splice(kept->heads.begin(), kept->heads, found->second);
      return *found->second;
    }
  }
  Head head = TRY(datafile::FileHead::Read(parts, path, file_bytes));
  auto kept = kept_.Lock();
  if (head->byte_size() > bytes_max_ || kept->by_path.contains(path)) return head;
  kept->heads.push_front(head);
  kept->by_path.emplace(head->path(), kept->heads.begin());
  kept->bytes += head->byte_size();
  while (kept->bytes > bytes_max_) {
    kept->bytes -= kept->heads.back()->byte_size();
    kept->by_path.erase(kept->heads.back()->path());
    kept->heads.pop_back();
  }
  return head;
}

}  // namespace weir::query
