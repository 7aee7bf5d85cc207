// The texts of the files that a report shows parts of, each read once.
#pragma once

#include "report/Report.h"

#include "llvm/Support/MemoryBuffer.h"

#include <map>
#include <memory>
#include <optional>

namespace gfplint {

class SourceTexts {
public:
  explicit SourceTexts(const Report &R) : R(R) {}

  /// As it was analysed where that is known, else as it is on disk now; nothing where it cannot be read.
  /// Lasts as long as this object and the report.
  std::optional<llvm::StringRef> text(FileId File) {
    auto [It, New] = Buffers.try_emplace(File);
    if (New) {
      std::string Path = diskPath(R, File);
      if (auto Known = R.Texts.find(Path); Known != R.Texts.end())
        It->second = llvm::MemoryBuffer::getMemBuffer(Known->second, Path, /*RequiresNullTerminator=*/false);
      else if (auto Buffer = llvm::MemoryBuffer::getFile(Path))
        It->second = std::move(*Buffer);
    }
    if (It->second == nullptr)
      return std::nullopt;
    return It->second->getBuffer();
  }

private:
  const Report &R;
  std::map<FileId, std::unique_ptr<llvm::MemoryBuffer>> Buffers;
};

} // namespace gfplint
