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
    llvm::StringRef Text = text(At.File);
    if (At.Offset > Text.size() || Text.empty())
      return "";
    size_t Begin = Text.rfind('\n', At.Offset);
    if (At.Offset > 0 && Text[std::min<size_t>(At.Offset, Text.size() - 1)] == '\n')
      Begin = Text.rfind('\n', At.Offset - 1);
    Begin = Begin == llvm::StringRef::npos ? 0 : Begin + 1;
    return Text.substr(Begin, Text.find('\n', Begin) - Begin);
  }

  /// Line and column behind the last byte that an edit replaces.
  std::pair<uint32_t, uint32_t> endOf(const Edit &E) {
    llvm::StringRef Replaced = text(E.At.File).substr(E.At.Offset, E.Length);
    size_t Last = Replaced.rfind('\n');
    if (Last == llvm::StringRef::npos)
      return {E.At.Line, E.At.Column + E.Length};
    return {E.At.Line + static_cast<uint32_t>(Replaced.count('\n')),
            static_cast<uint32_t>(Replaced.size() - Last)};
  }

private:
  llvm::StringRef text(FileId File) {
    auto [It, New] = Buffers.try_emplace(File);
    if (New)
      if (auto Buffer = llvm::MemoryBuffer::getFile(diskPath(R, File)))
        It->second = std::move(*Buffer);
    return It->second ? It->second->getBuffer() : llvm::StringRef();
  }

  const Report &R;
  std::map<FileId, std::unique_ptr<llvm::MemoryBuffer>> Buffers;
};

void writePlace(const Report &R, Loc At, llvm::raw_ostream &Out) {
  Out << R.Files->name(At.File) << ":" << At.Line << ":" << At.Column << ": ";
}

/// As Clang's -fdiagnostics-parseable-fixits writes them.
void writeFixIt(const Report &R, SourceLines &Lines, const Edit &E, llvm::raw_ostream &Out) {
  auto [Line, Column] = Lines.endOf(E);
  Out << "fix-it:\"";
  Out.write_escaped(R.Files->name(E.At.File));
  Out << "\":{" << E.At.Line << ":" << E.At.Column << "-" << Line << ":" << Column << "}:\"";
  Out.write_escaped(E.Text);
  Out << "\"\n";
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
      writePlace(R, F.At, Out);
      Out << "note: fix (" << applicabilityName(F.Suggested->Kind) << "): " << F.Suggested->Title << "\n";
      for (const Edit &E : F.Suggested->Edits)
        writeFixIt(R, Lines, E, Out);
      for (const FixEffect &E : F.Suggested->Effects) {
        writePlace(R, E.At, Out);
        Out << "note: the fix changes this allocation from " << E.Before << " to " << E.After << "\n";
      }
    }
  }
}

} // namespace gfplint
