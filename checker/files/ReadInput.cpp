// Read to its end whatever its size is said to be: that of a pipe is 0, and a device has no end.
#include "files/ReadInput.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>

namespace gfplint {

llvm::Expected<std::string> readInput(llvm::StringRef Path, uint64_t MaxBytes) {
  namespace fs = llvm::sys::fs;
  auto TooLarge = [&] {
    return llvm::createStringError("is larger than " + std::to_string(MaxBytes >> 20) + " MiB");
  };
  bool IsStandardInput = Path == "-";
  fs::file_t File = fs::getStdinHandle();
  if (!IsStandardInput) {
    llvm::Expected<fs::file_t> Opened = fs::openNativeFileForRead(Path);
    if (!Opened)
      return llvm::createStringError(llvm::errorToErrorCode(Opened.takeError()).message());
    File = *Opened;
  }
  auto Close = llvm::make_scope_exit([&] {
    if (!IsStandardInput)
      (void)fs::closeFile(File);
  });
  fs::file_status Status;
  if (std::error_code Error = fs::status(File, Status))
    return llvm::createStringError(Error.message());
  if (Status.type() == fs::file_type::directory_file)
    return llvm::createStringError("is a folder");
  if (Status.getSize() > MaxBytes)
    return TooLarge();
  std::string Text;
  for (;;) {
    size_t Had = Text.size();
    Text.resize(Had + std::max<size_t>(size_t(64) << 10, Had));
    llvm::Expected<size_t> Read =
        fs::readNativeFile(File, llvm::MutableArrayRef<char>(Text.data() + Had, Text.size() - Had));
    if (!Read)
      return llvm::createStringError(llvm::errorToErrorCode(Read.takeError()).message());
    Text.resize(Had + *Read);
    if (Text.size() > MaxBytes)
      return TooLarge();
    if (*Read == 0)
      return Text;
  }
}

} // namespace gfplint
