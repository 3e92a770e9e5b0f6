// SPDX-License-Identifier: Apache-2.0
#include "datafile/stored_file.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace weir::datafile {
namespace {

class StoredFile final : public arrow::io::RandomAccessFile {
 public:
  StoredFile(ReadPart read, int64_t bytes) : read_(std::move(read)), bytes_(bytes) {}

  arrow::Status Close() override {
    is_closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return is_closed_; }
  arrow::Result<int64_t> Tell() const override { return at_; }
  arrow::Status Seek(int64_t position) override {
    at_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> GetSize() override { return bytes_; }

  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t count) override {
    const int64_t left = std::max<int64_t>(0, bytes_ - position);
    ARROW_ASSIGN_OR_RAISE(std::string read, read_(position, std::min(count, left)));
    return arrow::Buffer::FromString(std::move(read));
  }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t count, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const auto read, ReadAt(position, count));
    if (read->size() > 0) std::memcpy(out, read->data(), static_cast<size_t>(read->size()));
    return read->size();
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t count) override {
    ARROW_ASSIGN_OR_RAISE(auto read, ReadAt(at_, count));
    at_ += read->size();
    return read;
  }
  arrow::Result<int64_t> Read(int64_t count, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t read, ReadAt(at_, count, out));
    at_ += read;
    return read;
  }

 private:
  const ReadPart read_;
  const int64_t bytes_;
  int64_t at_ = 0;
  bool is_closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> FileOfParts(ReadPart read, int64_t bytes) {
  return std::make_shared<StoredFile>(std::move(read), bytes);
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenStoredFile(const store::Store& store,
                                                                    std::string_view path) {
  const std::optional<int64_t> bytes = TRY(store.Head(path));
  if (!bytes) return Error(ErrorKind::kNotFound, fmt::format("read {}: no such object", path));
  const auto read = [&store, path = std::string(path)](int64_t offset, int64_t count) {
    return store.ReadRange(path, offset, count);
  };
  return FileOfParts(read, *bytes);
}

}  // namespace weir::datafile
