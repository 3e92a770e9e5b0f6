// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/part_file.h"

#include <arrow/buffer.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace weir::datafile {
namespace {

class PartFile final : public arrow::io::RandomAccessFile {
 public:
  PartFile(const PartReader& parts, std::string path) : parts_(parts), path_(std::move(path)) {}

  Status Close() override {
    is_closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return is_closed_; }
  Result<int64_t> Tell() const override { return position_; }
  Status Seek(int64_t position) override {
    position_ = position;
    return Status::OK();
  }
  Result<int64_t> GetSize() override {
    const std::optional<int64_t> size = TRY(parts_.store().Head(path_));
    if (!size) return Error(ErrorKind::kNotFound, "read " + path_ + ": no such object");
    return *size;
  }
  Result<int64_t> Read(int64_t length, void* out) override {
    const int64_t size = TRY(GetSize());
    length = std::clamp<int64_t>(size - position_, 0, length);
    const std::string bytes = TRY(parts_.Read(path_, position_, length));
    std::memcpy(out, bytes.data(), bytes.size());
    position_ += std::ssize(bytes);
    return std::ssize(bytes);
  }
  Result<std::shared_ptr<arrow::Buffer>> Read(int64_t length) override {
    const int64_t size = TRY(GetSize());
    length = std::clamp<int64_t>(size - position_, 0, length);
    std::string bytes = TRY(parts_.Read(path_, position_, length));
    position_ += std::ssize(bytes);
    return arrow::Buffer::FromString(std::move(bytes));
  }

 private:
  const PartReader& parts_;
  const std::string path_;
  int64_t position_ = 0;
  bool is_closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> OpenPartFile(const PartReader& parts,
                                                          std::string path) {
  return std::make_shared<PartFile>(parts, std::move(path));
}

}  // namespace weir::datafile
