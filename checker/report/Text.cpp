// The form of GCC and Clang, which editors and CI parsers read.
#include "report/Report.h"

#include "llvm/Support/MemoryBuffer.h"

#include <map>
#include <memory>

namespace gfplint {
namespace {

class SourceLines {
public:
  explicit SourceLines(const Report &R) : R(R) {}
  /// The line at a place, or nothing where the file cannot be read.
  llvm::StringRef line(Loc At) {
    auto [It, New] = Buffers.try_emplace(At.File);
    if (New)
      if (auto Buffer = llvm::MemoryBuffer::getFile(diskPath(R, At.File)))
        It->second = std::move(*Buffer);
    if (!It->second || At.Offset > It->second->getBufferSize())
      return "";
    llvm::StringRef Text = It->second->getBuffer();
    size_t Begin = Text.rfind('\n', At.Offset);
    if (At.Offset > 0 && Text[std::min<size_t>(At.Offset, Text.size() - 1)] == '\n')
      Begin = Text.rfind('\n', At.Offset - 1);
    Begin = Begin == llvm::StringRef::npos ? 0 : Begin + 1;
    return Text.substr(Begin, Text.find('\n', Begin) - Begin);
  }

private:
  const Report &R;
  std::map<FileId, std::unique_ptr<llvm::MemoryBuffer>> Buffers;
};

void writePlace(const Report &R, Loc At, llvm::raw_ostream &Out) {
  Out << R.Files->name(At.File) << ":" << At.Line << ":" << At.Column << ": ";
}

} // namespace

void writeText(const Report &R, llvm::raw_ostream &Out) {
  SourceLines Lines(R);
  for (const Finding &F : R.Findings) {
    writePlace(R, F.At, Out);
    Out << severityName(F.Level) << ": " << F.Message << " [" << F.Rule << "]\n";
    if (llvm::StringRef Line = Lines.line(F.At); !Line.empty()) {
      Out << Line << "\n";
      for (size_t I = 0; I + 1 < F.At.Column; ++I)
        Out << (I < Line.size() && Line[I] == '\t' ? '\t' : ' ');
      Out << "^\n";
    }
    for (const TraceStep &S : F.Trace) {
      writePlace(R, S.At, Out);
      Out << "note: ";
      if (!S.Function.empty())
        Out << "in " << S.Function << "(): ";
      Out << S.Message << "\n";
    }
    if (F.Suggested) {
      for (const Edit &E : F.Suggested->Edits) {
        writePlace(R, E.At, Out);
        Out << "note: fix (" << applicabilityName(F.Suggested->Kind) << "): " << F.Suggested->Title << ": '"
            << E.Text << "'\n";
      }
      for (const FixEffect &E : F.Suggested->Effects) {
        writePlace(R, E.At, Out);
        Out << "note: the fix changes this allocation from " << E.Before << " to " << E.After << "\n";
      }
    }
  }
}

} // namespace gfplint
