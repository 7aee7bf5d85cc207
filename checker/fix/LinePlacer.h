// Lines put before, behind or in place of a function's statements.
#pragma once

#include "fix/Layout.h"
#include "fix/ReturnValue.h"
#include "program/Finding.h"

namespace gfplint {

/// Collects edits of one function's text. Errors are one line and leave what was collected unusable.
class LinePlacer {
public:
  LinePlacer(llvm::StringRef Text, FileId File, Layout Lines)
      : Text(Text), Lines(std::move(Lines)), NewLine(Text.contains("\r\n") ? "\r\n" : "\n"), File(File) {}

  /// On a line of its own before the return statement. A value that calls compute is computed before it.
  llvm::Error putBefore(Loc Return, llvm::StringRef Line, Loc NameAt, Loc BraceAt);
  /// Before the function's closing brace.
  llvm::Error putAtEnd(Loc Brace, llvm::StringRef Line);
  /// A token with the function's other declarations.
  llvm::Error declare(llvm::StringRef Name, Loc NameAt, Loc BraceAt);
  /// Takes out the statement, which is nothing but the call.
  llvm::Error remove(Loc Call);
  /// Puts `Value` in place of the call's arguments.
  llvm::Error setArgument(Loc Call, llvm::StringRef Value);
  /// Puts `Name` in place of the name that is called there.
  llvm::Error setCallee(Loc Call, llvm::StringRef Name);
  [[nodiscard]] std::vector<Edit> take() { return std::move(Edits); }

protected:
  [[nodiscard]] Loc loc(uint32_t Offset) const;
  void insert(uint32_t Offset, std::string What) { Edits.push_back({loc(Offset), 0, std::move(What)}); }
  /// On a line of its own before the statement, which braces may be put around.
  llvm::Error putBeforeStatement(uint32_t Index, llvm::StringRef Line);
  /// Keeps the value of a return statement in a variable, puts the line behind that, and returns it then.
  llvm::Error computeBefore(uint32_t Return, llvm::StringRef Line, Loc NameAt, Loc BraceAt);
  [[nodiscard]] static llvm::Error refuse(Loc At, const llvm::Twine &Why) {
    return llvm::createStringError("line " + llvm::Twine(At.Line) + ": " + Why);
  }

  llvm::StringRef Text;
  Layout Lines;
  std::string NewLine;
  std::vector<Edit> Edits;

  /// An opening brace before the arm of an `if`, so that two statements fit.
  llvm::Error brace(uint32_t Statement);

private:
  /// Both braces, where the statement has none.
  llvm::Error closeArm(uint32_t Statement);
  llvm::Error declareLine(llvm::StringRef Declaration, Loc NameAt, Loc BraceAt);
  void shift(uint32_t From, uint32_t To, int Columns);

  FileId File;
  std::optional<ResultVariable> Result;
};

} // namespace gfplint
