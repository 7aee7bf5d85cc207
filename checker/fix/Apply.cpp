// Collecting edits per file and writing the result.
#include "fix/Apply.h"

#include "report/Diff.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>

namespace gfplint {
namespace {

llvm::Expected<std::string> readFile(const std::string &Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (!Buffer)
    return llvm::createStringError(Path + ": cannot be read: " + Buffer.getError().message());
  return (*Buffer)->getBuffer().str();
}

bool overlaps(const std::vector<Edit> &Taken, const Edit &E) {
  return std::any_of(Taken.begin(), Taken.end(), [&](const Edit &Old) {
    return Old.At.File == E.At.File && Old.At.Offset < E.At.Offset + std::max(1U, E.Length) &&
           E.At.Offset < Old.At.Offset + std::max(1U, Old.Length);
  });
}

llvm::Error replaceFile(const ChangedFile &F) {
  llvm::Expected<std::string> Now = readFile(F.DiskPath);
  if (!Now)
    return Now.takeError();
  if (*Now != F.Before)
    return llvm::createStringError(F.Name + ": changed since it was analysed; left alone");
  auto Temporary = llvm::sys::fs::TempFile::create(F.DiskPath + ".gfplint-%%%%%%");
  if (!Temporary)
    return llvm::joinErrors(llvm::createStringError(F.Name + ": cannot be replaced"), Temporary.takeError());
  {
    llvm::raw_fd_ostream Out(Temporary->FD, /*shouldClose=*/false);
    Out << F.After;
    Out.flush();
    if (Out.has_error()) {
      std::string Why = Out.error().message();
      Out.clear_error();
      llvm::consumeError(Temporary->discard());
      return llvm::createStringError(F.Name + ": cannot be written: " + Why);
    }
  }
  if (auto Status = llvm::sys::fs::getPermissions(F.DiskPath))
    if (std::error_code Error = llvm::sys::fs::setPermissions(Temporary->FD, *Status)) {
      llvm::consumeError(Temporary->discard());
      return llvm::createStringError(F.Name + ": cannot keep its permissions: " + Error.message());
    }
  return Temporary->keep(F.DiskPath);
}

AppliedFix inWords(const Report &R, const Finding &F) {
  auto Place = [&](const Loc &At, const std::string &Function) {
    return R.Files->name(At.File).str() + ":" + std::to_string(At.Line) +
           (Function.empty() ? "" : " " + Function + "()") + ": ";
  };
  AppliedFix X{R.Files->name(F.At.File).str(), F.Function, F.Message, F.Suggested->Title, {}, {}};
  for (const TraceStep &Step : F.Trace)
    X.Trace.push_back(Place(Step.At, Step.Function) + Step.Message);
  for (const FixEffect &E : F.Suggested->Effects)
    X.Effects.push_back(Place(E.At, E.Function) + E.Before + " becomes " + E.After);
  return X;
}

} // namespace

llvm::Expected<AppliedFixes> applyFixes(const Report &R, bool WithUnsafe, std::vector<SkippedFix> &Skipped) {
  AppliedFixes Done;
  std::vector<Edit> Taken;
  for (const Finding &F : R.Findings) {
    if (!F.Suggested || F.Suggested->Kind == Applicability::Display)
      continue;
    std::string Place = R.Files->name(F.At.File).str() + ":" + std::to_string(F.At.Line) + ": ";
    if (F.Suggested->Kind == Applicability::Unsafe && !WithUnsafe) {
      Skipped.push_back(
          {Place + "unsafe fix left out (" + F.Suggested->Title + "); --unsafe adds it", false});
      continue;
    }
    // Two findings may ask for the very same edit: an include, a declaration, or all there is.
    std::vector<Edit> Edits;
    for (const Edit &E : F.Suggested->Edits)
      if (std::find(Taken.begin(), Taken.end(), E) == Taken.end())
        Edits.push_back(E);
    if (std::any_of(Edits.begin(), Edits.end(), [&](const Edit &E) { return overlaps(Taken, E); })) {
      Skipped.push_back({Place + "fix left out: it touches what another fix changes; run fix again", true});
      continue;
    }
    Taken.insert(Taken.end(), Edits.begin(), Edits.end());
    if (!F.Suggested->Edits.empty())
      Done.Fixes.push_back(inWords(R, F));
  }
  std::map<std::string, std::vector<Edit>> ByFile;
  for (const Edit &E : Taken)
    ByFile[R.Files->name(E.At.File).str()].push_back(E);
  for (auto &[Name, Edits] : ByFile) {
    ChangedFile F;
    F.Name = Name;
    F.DiskPath = diskPath(R, Edits.front().At.File);
    auto Known = R.Texts.find(F.DiskPath);
    llvm::Expected<std::string> Text = Known != R.Texts.end() ? Known->second : readFile(F.DiskPath);
    if (!Text)
      return Text.takeError();
    F.Before = *Text;
    F.After = std::move(*Text);
    std::stable_sort(Edits.begin(), Edits.end(),
                     [](const Edit &A, const Edit &B) { return A.At.Offset < B.At.Offset; });
    // From the end, so that earlier offsets stay right.
    for (const Edit &E : llvm::reverse(Edits)) {
      if (E.At.Offset + E.Length > F.After.size())
        return llvm::createStringError(Name + ": changed since it was analysed; left alone");
      F.After.replace(E.At.Offset, E.Length, E.Text);
    }
    F.Edits = std::move(Edits);
    Done.Files.push_back(std::move(F));
  }
  return Done;
}

std::string unifiedDiff(llvm::ArrayRef<ChangedFile> Files) {
  std::string Out;
  for (const ChangedFile &F : Files)
    Out += unifiedDiff(F.Name, F.Before, F.After, F.Edits);
  return Out;
}

llvm::Error writeFiles(llvm::ArrayRef<ChangedFile> Files) {
  llvm::Error All = llvm::Error::success();
  for (const ChangedFile &F : Files)
    if (F.Before != F.After)
      All = llvm::joinErrors(std::move(All), replaceFile(F));
  return All;
}

} // namespace gfplint
