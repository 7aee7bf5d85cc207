// Paths as text: absolute, without `.` and `..`.
#include "compile_db/Paths.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

namespace gfplint {

std::string absolutePath(llvm::StringRef Path, llvm::StringRef Base) {
  llvm::SmallString<256> Result;
  if (!llvm::sys::path::is_absolute(Path))
    Result = Base;
  llvm::sys::path::append(Result, Path);
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  while (Result.size() > 1 && Result.back() == '/')
    Result.pop_back();
  return Result.str().str();
}

bool isInside(llvm::StringRef Path, llvm::StringRef Folder) {
  if (!Path.consume_front(Folder))
    return false;
  return Path.empty() || Path.front() == '/' || Folder.ends_with("/");
}

} // namespace gfplint
