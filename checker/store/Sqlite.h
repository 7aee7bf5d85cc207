// SQLite's C interface with owners and llvm::Error; nothing of the store's own.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace gfplint {

/// A failed call: SQLite's extended code and message, after what was tried.
class SqliteError : public llvm::ErrorInfo<SqliteError> {
public:
  static char ID;
  SqliteError(int Code, std::string Message) : Code(Code), Message(std::move(Message)) {}
  void log(llvm::raw_ostream &Out) const override { Out << Message; }
  [[nodiscard]] std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }
  /// The file is no database or a damaged one.
  [[nodiscard]] bool isDamage() const;

private:
  int Code;
  std::string Message;
};

/// Message and kind of an error; takes it.
struct Trouble {
  std::string Message;
  bool Damage = false;
};
Trouble troubleOf(llvm::Error E);

/// A prepared statement. Bind, then step() until it returns false; a bind after that starts again.
/// What bytes() and text() return is valid until the next step() or reset().
class Statement {
public:
  Statement() = default;
  /// Binds parameters 1, 2, ... in the order given. Strings are bound as blobs by bindBlob and as text
  /// by bindText, and must stay alive until reset().
  Statement &bind(int At, int64_t Value);
  Statement &bindBlob(int At, llvm::StringRef Bytes);
  Statement &bindText(int At, llvm::StringRef Text);
  llvm::Expected<bool> step();
  /// Calls Each once on each row, to the last one.
  template <class Fn> llvm::Error eachRow(Fn &&Each) {
    while (true) {
      llvm::Expected<bool> Row = step();
      if (!Row)
        return Row.takeError();
      if (!*Row)
        return llvm::Error::success();
      Each();
    }
  }
  /// For statements that return no rows.
  llvm::Error run();
  void reset();
  [[nodiscard]] int64_t number(int Column) const;
  [[nodiscard]] llvm::StringRef bytes(int Column) const;
  explicit operator bool() const { return Handle != nullptr; }

private:
  friend class Connection;
  struct Finalise {
    void operator()(sqlite3_stmt *S) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalise> Handle;
};

/// Resets a statement at the end of a scope, so that no read stays open.
class ResetAtEnd {
public:
  explicit ResetAtEnd(Statement &S) : S(S) {}
  ~ResetAtEnd() { S.reset(); }
  ResetAtEnd(const ResetAtEnd &) = delete;
  ResetAtEnd &operator=(const ResetAtEnd &) = delete;

private:
  Statement &S;
};

/// One connection, for one thread. Its statements must go first.
class Connection {
public:
  Connection() = default;
  /// `Flags` are SQLITE_OPEN_*.
  static llvm::Expected<Connection> open(const std::string &Name, int Flags);
  llvm::Error run(const char *Sql);
  llvm::Expected<Statement> prepare(llvm::StringRef Sql);
  /// The first column of the only row.
  llvm::Expected<int64_t> number(llvm::StringRef Sql);
  [[nodiscard]] int64_t lastId() const;
  [[nodiscard]] int changes() const;
  void busyTimeout(int Milliseconds);
  /// Closing leaves the write-ahead log where it is.
  void leaveLogAtClose(bool Leave);
  void close() { Handle.reset(); }
  /// Forgets the connection without closing it: for a process that only inherited it.
  void abandon() { (void)Handle.release(); }
  explicit operator bool() const { return Handle != nullptr; }

private:
  struct Close {
    void operator()(sqlite3 *Db) const;
  };
  std::unique_ptr<sqlite3, Close> Handle;
};

} // namespace gfplint
