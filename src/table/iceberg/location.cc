// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/location.h"

namespace weir::table::iceberg {
namespace {

bool IsBelow(std::string_view file_uri, std::string_view uri) {
  return file_uri.size() > uri.size() + 1 && file_uri.starts_with(uri) &&
         file_uri[uri.size()] == '/';
}

}  // namespace

std::string Location::Uri(std::string_view path) const {
  if (path.find("://") != std::string_view::npos) return std::string(path);
  return uri + "/" + std::string(path);
}

std::string Location::Relative(std::string_view file_uri) const {
  if (!IsBelow(file_uri, uri)) return std::string(file_uri);
  return std::string(file_uri.substr(uri.size() + 1));
}

std::string Location::StorePath(std::string_view file_uri) const {
  if (!IsBelow(file_uri, uri)) return "";
  return root + "/" + std::string(file_uri.substr(uri.size() + 1));
}

}  // namespace weir::table::iceberg
