// gfplint-manual DIR: writes gfplint.1, the completions and the rules' pages into a folder, while gfplint is
// built.
#include "manual/Manual.h"

#include "model/EmbeddedFile.h"

#include "Registry.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

namespace gfplint {

extern const llvm::ArrayRef<EmbeddedFile> ManualTemplates; // generated from the templates of this folder

namespace {

[[noreturn]] void fail(const llvm::Twine &Text) {
  llvm::errs() << "gfplint-manual: " << Text << "\n";
  std::exit(2);
}

llvm::StringRef templateNamed(llvm::StringRef File) {
  for (const EmbeddedFile &F : ManualTemplates)
    if (F.Name == File)
      return F.Text;
  fail("there is no template " + File);
}

void write(llvm::StringRef Path, llvm::StringRef Text) {
  if (llvm::Error E = llvm::writeToOutput(Path, [&](llvm::raw_ostream &Out) {
        Out << Text;
        return llvm::Error::success();
      }))
    fail(Path + ": " + llvm::toString(std::move(E)));
}

} // namespace

std::string fillIn(llvm::StringRef TemplateFile,
                   llvm::ArrayRef<std::pair<llvm::StringRef, std::string>> Values) {
  std::string Text = templateNamed(TemplateFile).str();
  for (const auto &[Name, Value] : Values) {
    std::string Mark = ("@" + Name + "@").str();
    size_t At = Text.find(Mark);
    if (At == std::string::npos)
      fail(TemplateFile + " has no " + Mark);
    for (; At != std::string::npos; At = Text.find(Mark, At + Value.size()))
      Text.replace(At, Mark.size(), Value);
  }
  return Text;
}

} // namespace gfplint

int main(int Argc, char **Argv) {
  using namespace gfplint;
  if (Argc != 2)
    fail("usage: gfplint-manual DIR");
  std::string Folder = Argv[1];
  if (std::error_code Error = llvm::sys::fs::create_directories(Folder + "/rules"))
    fail(Folder + ": " + Error.message());
  std::vector<CommandDoc> Commands = describeCommands();
  write(Folder + "/gfplint.1", manPage(Commands));
  write(Folder + "/gfplint.bash", bashCompletion(Commands));
  write(Folder + "/_gfplint", zshCompletion(Commands));
  // Once for beside the pages, once for docs/rules/ of the source.
  write(Folder + "/rules/README.md", ruleIndex(""));
  write(Folder + "/docs-rules.md", ruleIndex("../../rules/"));
  for (const Rule &R : allRules())
    write(Folder + "/rules/" + R.Id + ".md", rulePage(R.Id));
  return 0;
}
