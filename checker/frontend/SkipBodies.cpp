// A raw look at a header function's text before Clang parses it.
#include "frontend/SkipBodies.h"

#include "clang/Basic/FileManager.h"
#include "llvm/Support/Path.h"

namespace gfplint {
namespace {

/// The body's text up to its closing brace, found by counting braces outside strings, characters
/// and comments; everything that is left where the file ends first.
llvm::StringRef bodyText(llvm::StringRef Rest) {
  unsigned Depth = 0;
  for (size_t I = 0; I < Rest.size(); ++I) {
    char C = Rest[I];
    if (C == '"' || C == '\'') {
      for (++I; I < Rest.size() && Rest[I] != C && Rest[I] != '\n'; ++I)
        if (Rest[I] == '\\')
          ++I;
    } else if (C == '/' && Rest.substr(I).starts_with("/*")) {
      size_t End = Rest.find("*/", I + 2);
      if (End == llvm::StringRef::npos)
        return Rest;
      I = End + 1;
    } else if (C == '/' && Rest.substr(I).starts_with("//")) {
      I = std::min(Rest.find('\n', I), Rest.size());
    } else if (C == '{') {
      ++Depth;
    } else if (C == '}' && Depth > 0) {
      if (--Depth == 0)
        return Rest.take_front(I + 1);
    }
  }
  return Rest;
}

/// A macro's use up to the parenthesis that closes its arguments.
llvm::StringRef macroText(llvm::StringRef Rest) {
  unsigned Depth = 0;
  for (size_t I = 0; I < Rest.size(); ++I) {
    if (Rest[I] == '(') {
      ++Depth;
    } else if (Rest[I] == ')' && Depth > 0) {
      if (--Depth == 0)
        return Rest.take_front(I + 1);
    }
  }
  return Rest;
}

bool mayMatterInMacro(llvm::StringRef Text) {
  return Text.starts_with("DEFINE_") || Text.contains("gfp") || Text.contains("GFP_") ||
         Text.contains("alloc");
}

bool mayMatter(llvm::StringRef Text) {
  return Text.contains("gfp") || Text.contains("GFP_") || Text.contains("memalloc_") ||
         Text.contains("PF_MEMALLOC");
}

} // namespace

bool BodyFilter::isSharedHeader(clang::FileID File, const clang::SourceManager &Sources) {
  auto [It, New] = Shared.try_emplace(File.getHashValue(), false);
  if (!New)
    return It->second;
  bool Answer = false;
  if (auto Entry = Sources.getFileEntryRefForID(File)) {
    // include/trace/events/dlm.h includes "../../../fs/dlm/dlm_internal.h", which lies in no include folder.
    llvm::SmallString<256> Path(Entry->getName());
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    llvm::StringRef Name = Path;
    Answer = Name.ends_with(".h") && (Name.contains("/include/") || Name.starts_with("include/"));
  }
  return It->second = Answer;
}

bool BodyFilter::maySkip(const clang::FunctionDecl &D, const clang::SourceManager &Sources) {
  auto [File, Offset] = Sources.getDecomposedLoc(Sources.getFileLoc(D.getLocation()));
  if (!isSharedHeader(File, Sources))
    return false;
  bool Invalid = false;
  llvm::StringRef Text = Sources.getBufferData(File, &Invalid);
  if (Invalid)
    return false;
  Text = Text.substr(Offset);
  // Of a function that a macro makes only the macro's arguments can be seen here: lock guards and
  // cleanup classes name what they call there.
  if (D.getLocation().isMacroID())
    return !mayMatterInMacro(macroText(Text));
  return !mayMatter(bodyText(Text));
}

} // namespace gfplint
