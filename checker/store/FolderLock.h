// Who uses a store's folder: every open store shares it; opening and pruning need it for themselves.
#pragma once

#include <string>

namespace gfplint {

/// Locks on the file `store.lock`. The kernel drops them when the last process that inherited them
/// ends. Where the file cannot be made or locked, everything but alone() succeeds: then SQLite's own
/// locks have to do.
class FolderLock {
public:
  FolderLock() = default;
  explicit FolderLock(const std::string &Folder);
  ~FolderLock();
  FolderLock(FolderLock &&Other) noexcept : Fd(Other.Fd) { Other.Fd = -1; }
  FolderLock &operator=(FolderLock &&Other) noexcept;

  /// One process at a time opens a store or sets one aside. False after a minute of waiting.
  bool beginOpening();
  void endOpening();
  /// Counts as a user until destroyed. Waits for a prune() of another process, at most a minute.
  bool use();
  /// True where no other user is there; then none can come before shareAgain().
  bool alone();
  void shareAgain();

private:
  bool lock(short Kind, long Byte, int Milliseconds);
  int Fd = -1;
};

} // namespace gfplint
