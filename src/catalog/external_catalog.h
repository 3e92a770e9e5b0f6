// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables and views that engines own: names to current metadata, beside Weir's own in one file.

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace weir::catalog {

/// Levels from the outermost in; none is empty or holds 0x1F. No levels: the root.
using Namespace = std::vector<std::string>;
using Properties = std::map<std::string, std::string>;

/// The levels joined by 0x1F, as the catalog and the REST protocol write them.
std::string JoinLevels(const Namespace& levels);
/// The way back; empty levels are kept, to be refused by whoever asked.
Namespace SplitLevels(std::string_view joined);

/// Any name an engine may think of.
struct ObjectName {
  Namespace levels;
  std::string name;

  std::string ToString() const;  // `a.b.name`, for messages.
  bool operator==(const ObjectName&) const = default;
};

enum class ObjectKind { kTable, kView };

/// A table or view of an engine.
struct ObjectEntry {
  ObjectName name;
  ObjectKind kind = ObjectKind::kTable;
  std::string uuid;
  std::string location;           // URI; belongs to this object alone.
  std::string metadata_location;  // URI of the current metadata file; the commit point.
};

struct CreateNamespace {
  Namespace levels;
  Properties properties;
};
/// Errors: kConflict unless it is empty.
struct DropNamespace {
  Namespace levels;
};
struct SetProperties {
  Namespace levels;
  Properties expected, next;
};
/// Errors: kConflict when the name is taken, or the location belongs to another object or to a
/// dropped one whose files are being deleted; kNotFound when its namespace is missing.
struct CreateObject {
  ObjectEntry next;
};
/// Moves from `expected_metadata_location` to what `next` says; name and kind stay.
/// Errors: kConflict when the object is not there any more.
struct MoveObject {
  ObjectEntry next;
  std::string expected_metadata_location;
};
struct RenameObject {
  ObjectKind kind = ObjectKind::kTable;
  ObjectName from, to;
};
/// With `is_purged`, what lies below the object's location is noted as nobody's.
struct DropObject {
  ObjectKind kind = ObjectKind::kTable;
  ObjectName name;
  bool is_purged = false;
};
using Step = std::variant<CreateNamespace, DropNamespace, SetProperties, CreateObject, MoveObject,
                          RenameObject, DropObject>;

/// What was answered to a request that carried an Idempotency-Key.
struct KeptAnswer {
  std::string key;
  std::string request;  // Digest of what was asked, so that a key used for something else is seen.
  int status = 0;
  std::string body;
  std::string metadata_location;  // In place of the body, of a table or view as it was answered.
};

/// A dropped object whose files are to be deleted.
struct Purge {
  std::string location;
  std::string metadata_location;
  int64_t dropped_ms = 0;
};

/// On the database that a Catalog has opened and migrated; connections of its own. Any thread.
class ExternalCatalog {
 public:
  /// Errors: as Catalog::Open.
  static Result<std::unique_ptr<ExternalCatalog>> Open(const std::string& path);
  virtual ~ExternalCatalog() = default;

  /// Namespaces directly below `parent`, sorted by their last level.
  virtual Result<std::vector<Namespace>> ListNamespaces(const Namespace& parent) const = 0;
  virtual Result<std::optional<Properties>> FindNamespace(const Namespace& levels) const = 0;
  /// Names in one namespace, sorted.
  virtual Result<std::vector<std::string>> ListObjects(const Namespace& levels,
                                                       ObjectKind kind) const = 0;
  /// Of either kind, as they share one set of names.
  virtual Result<std::optional<ObjectEntry>> FindObject(const ObjectName& name) const = 0;

  /// All steps and the answer, or nothing. Errors: as the steps say, else kNotFound for what is
  /// missing and kConflict for what is taken; kUnknownOutcome when COMMIT itself failed.
  virtual Status Apply(const std::vector<Step>& steps, const std::optional<KeptAnswer>& answer,
                       int64_t now_ms) = 0;

  virtual Result<std::optional<KeptAnswer>> FindAnswer(const std::string& key) const = 0;
  virtual Status ForgetAnswers(int64_t before_ms) = 0;

  /// Oldest first.
  virtual Result<std::vector<Purge>> ListPurges() const = 0;
  /// Its files are deleted.
  virtual Status ForgetPurge(const std::string& location) = 0;
};

}  // namespace weir::catalog
