// Thin wrappers around sqlite3_*.
#include "store/Sqlite.h"

#include <sqlite3.h>

namespace gfplint {
namespace {

llvm::Error errorOf(sqlite3 *Db, int Code, llvm::StringRef What) {
  std::string Message = Db ? sqlite3_errmsg(Db) : sqlite3_errstr(Code);
  return llvm::make_error<SqliteError>(Db ? sqlite3_extended_errcode(Db) : Code,
                                       (What + ": " + Message).str());
}

} // namespace

char SqliteError::ID = 0;

bool SqliteError::isDamage() const {
  int Primary = Code & 0xFF;
  return Primary == SQLITE_CORRUPT || Primary == SQLITE_NOTADB || Primary == SQLITE_FORMAT;
}

Trouble troubleOf(llvm::Error E) {
  Trouble T;
  llvm::handleAllErrors(
      std::move(E),
      [&](const SqliteError &S) {
        T.Message = S.message();
        T.Damage = S.isDamage();
      },
      [&](const llvm::ErrorInfoBase &Other) { T.Message = Other.message(); });
  return T;
}

void Statement::Finalise::operator()(sqlite3_stmt *S) const { sqlite3_finalize(S); }

Statement &Statement::bind(int At, int64_t Value) {
  sqlite3_bind_int64(Handle.get(), At, Value);
  return *this;
}

Statement &Statement::bindBlob(int At, llvm::StringRef Bytes) {
  // A null pointer would be bound as NULL.
  const char *Data = Bytes.empty() ? "" : Bytes.data();
  sqlite3_bind_blob64(Handle.get(), At, Data, Bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement &Statement::bindText(int At, llvm::StringRef Text) {
  const char *Data = Text.empty() ? "" : Text.data();
  sqlite3_bind_text64(Handle.get(), At, Data, Text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

llvm::Expected<bool> Statement::step() {
  int Code = sqlite3_step(Handle.get());
  if (Code == SQLITE_ROW)
    return true;
  if (Code == SQLITE_DONE) {
    reset();
    return false;
  }
  llvm::Error E = errorOf(sqlite3_db_handle(Handle.get()), Code, sqlite3_sql(Handle.get()));
  reset();
  return std::move(E);
}

llvm::Error Statement::run() {
  llvm::Expected<bool> Row = step();
  if (!Row)
    return Row.takeError();
  reset();
  return llvm::Error::success();
}

void Statement::reset() { sqlite3_reset(Handle.get()); }

int64_t Statement::number(int Column) const { return sqlite3_column_int64(Handle.get(), Column); }

llvm::StringRef Statement::bytes(int Column) const {
  const void *Data = sqlite3_column_blob(Handle.get(), Column);
  int Size = sqlite3_column_bytes(Handle.get(), Column);
  return {static_cast<const char *>(Data), Data ? static_cast<size_t>(Size) : 0};
}

void Connection::Close::operator()(sqlite3 *Db) const { sqlite3_close_v2(Db); }

llvm::Expected<Connection> Connection::open(const std::string &Name, int Flags) {
  sqlite3 *Db = nullptr;
  int Code = sqlite3_open_v2(Name.c_str(), &Db, Flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection C;
  C.Handle.reset(Db);
  if (Code != SQLITE_OK)
    return errorOf(Db, Code, Name);
  sqlite3_extended_result_codes(Db, 1);
  return C;
}

llvm::Error Connection::run(const char *Sql) {
  int Code = sqlite3_exec(Handle.get(), Sql, nullptr, nullptr, nullptr);
  return Code == SQLITE_OK ? llvm::Error::success() : errorOf(Handle.get(), Code, Sql);
}

llvm::Expected<Statement> Connection::prepare(llvm::StringRef Sql) {
  sqlite3_stmt *S = nullptr;
  int Code = sqlite3_prepare_v3(Handle.get(), Sql.data(), static_cast<int>(Sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &S, nullptr);
  if (Code != SQLITE_OK)
    return errorOf(Handle.get(), Code, Sql);
  Statement Prepared;
  Prepared.Handle.reset(S);
  return Prepared;
}

llvm::Expected<int64_t> Connection::number(llvm::StringRef Sql) {
  llvm::Expected<Statement> S = prepare(Sql);
  if (!S)
    return S.takeError();
  llvm::Expected<bool> Row = S->step();
  if (!Row)
    return Row.takeError();
  return *Row ? S->number(0) : 0;
}

int64_t Connection::lastId() const { return sqlite3_last_insert_rowid(Handle.get()); }
int Connection::changes() const { return sqlite3_changes(Handle.get()); }
void Connection::busyTimeout(int Milliseconds) { sqlite3_busy_timeout(Handle.get(), Milliseconds); }
void Connection::leaveLogAtClose(bool Leave) {
  sqlite3_db_config(Handle.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, Leave ? 1 : 0, nullptr);
}

} // namespace gfplint
