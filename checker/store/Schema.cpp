// SQL text. A change of any of it, or of what the blobs hold, needs a new Version.
#include "store/Schema.h"

namespace gfplint {
namespace {

/// "gfpl", in the file's header.
constexpr int64_t ApplicationId = 0x6766706C;
constexpr int64_t Version = 1;

// Small columns come before large ones: reading them then reads no overflow pages. `sum` columns are
// checksums of the blobs beside them; SQLite has none of its own. Bodies have a table of their own
// because a warm run reads indexes alone. What changes in every run (used) is apart from what is large.
constexpr const char *Tables = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES('retired', 0);
CREATE TABLE content(id INTEGER PRIMARY KEY, path TEXT NOT NULL, hash BLOB NOT NULL, UNIQUE(path, hash));
CREATE TABLE stat(path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, hash BLOB)
  WITHOUT ROWID;
CREATE TABLE part(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, sum INTEGER, idx BLOB NOT NULL);
CREATE TABLE body(part INTEGER PRIMARY KEY, sum INTEGER, bodies BLOB NOT NULL);
CREATE TABLE unit(id INTEGER PRIMARY KEY, key BLOB NOT NULL, milliseconds INTEGER, sum INTEGER,
  deps_sum INTEGER, file TEXT, error TEXT, parts BLOB NOT NULL, deps BLOB NOT NULL);
CREATE INDEX unit_key ON unit(key, milliseconds);
CREATE TABLE used(unit INTEGER PRIMARY KEY, run INTEGER NOT NULL);
CREATE TABLE pch(key BLOB PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER, run INTEGER, sum INTEGER,
  deps BLOB NOT NULL, meta BLOB NOT NULL);
CREATE TABLE blob(key BLOB PRIMARY KEY, run INTEGER, sum INTEGER, deps BLOB NOT NULL, data BLOB NOT NULL);
CREATE TRIGGER unit_gone AFTER DELETE ON unit BEGIN
  DELETE FROM used WHERE unit = old.id;
  UPDATE meta SET value = value + 1 WHERE name = 'retired';
END;
)sql";

} // namespace

llvm::Expected<Kind> kindOf(Connection &Db, std::string &Why) {
  llvm::Expected<int64_t> Id = Db.number("PRAGMA application_id");
  if (!Id)
    return Id.takeError();
  llvm::Expected<int64_t> Found = Db.number("PRAGMA user_version");
  if (!Found)
    return Found.takeError();
  llvm::Expected<int64_t> Count = Db.number("SELECT count(*) FROM sqlite_master");
  if (!Count)
    return Count.takeError();
  if (*Id == 0 && *Found == 0 && *Count == 0)
    return Kind::Empty;
  if (*Id != ApplicationId) {
    Why = "it is another program's database";
    return Kind::Foreign;
  }
  if (*Found != Version) {
    Why = "its format is " + std::to_string(*Found) + ", this gfplint writes " + std::to_string(Version);
    return Kind::Foreign;
  }
  return Kind::Ours;
}

llvm::Error createTables(Connection &Db) {
  if (llvm::Error E = Db.run("BEGIN EXCLUSIVE"))
    return E;
  auto Create = [&]() -> llvm::Error {
    std::string Why;
    llvm::Expected<Kind> K = kindOf(Db, Why);
    if (!K)
      return K.takeError();
    if (*K != Kind::Empty)
      return llvm::Error::success();
    std::string Stamps = "PRAGMA application_id=" + std::to_string(ApplicationId) +
                         ";PRAGMA user_version=" + std::to_string(Version);
    if (llvm::Error E = Db.run(Stamps.c_str()))
      return E;
    return Db.run(Tables);
  };
  if (llvm::Error E = Create()) {
    llvm::consumeError(Db.run("ROLLBACK"));
    return E;
  }
  return Db.run("COMMIT");
}

} // namespace gfplint
