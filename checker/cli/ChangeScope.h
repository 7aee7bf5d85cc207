// --diff and --patch: findings that a change has to do with. Both sides are analysed as whole trees.
#pragma once

#include "change/Change.h"
#include "cli/Session.h"

namespace gfplint {

class ChangeScope {
public:
  /// Finds out what the change is, and what was found before it. The error is one line.
  static llvm::Expected<ChangeScope> look(const Options &O, llvm::ArrayRef<const Rule *> Rules);

  /// The side after the change, as openSession() opens it.
  llvm::Expected<std::unique_ptr<Session>> openAfter(const Options &O, llvm::ArrayRef<const Rule *> Rules);

  /// Texts of the side after the change that are not on disk go into the report.
  void putTexts(Report &R) const;

  /// Keeps findings on changed lines, those whose trace runs over changed lines, and those that were not
  /// reported before.
  void keepConcerned(Report &R, const Options &O) const;

private:
  [[nodiscard]] bool touches(const Report &R, Loc At) const;
  [[nodiscard]] bool concerns(const Report &R, const Finding &F) const;
  llvm::Error findOut(const Options &O, Session &S);

  Change What;
  /// What stands in for files on disk, on each side.
  Overlay Before;
  Overlay After;
  /// Files that are not there on the side.
  std::set<std::string> NotBefore;
  std::set<std::string> NotAfter;
  std::map<std::string, std::vector<ChangedLines>> Lines;
  std::set<std::string> FoundBefore;
};

} // namespace gfplint
