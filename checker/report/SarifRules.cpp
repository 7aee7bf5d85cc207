// A rule's page is Markdown; its first section says what it finds.
#include "report/SarifRules.h"

#include "Registry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Regex.h"

namespace gfplint {
namespace {

/// GitHub takes no more of a description.
constexpr size_t MaxDescription = 1024;

/// Links to other pages lead nowhere from a report: their words stay.
std::string withoutPageLinks(llvm::StringRef Markdown) {
  const llvm::Regex Link("\\[([^][]+)\\]\\([^()[:space:]]+\\.md[^()[:space:]]*\\)");
  std::string Out;
  llvm::SmallVector<llvm::StringRef, 2> Parts;
  while (Link.match(Markdown, &Parts)) {
    size_t Begin = static_cast<size_t>(Parts[0].data() - Markdown.data());
    Out += Markdown.take_front(Begin);
    Out += Parts[1];
    Markdown = Markdown.drop_front(Begin + Parts[0].size());
  }
  return Out + Markdown.str();
}

/// Without the marks of code and of bold; headings, lists and tables read well as they are.
std::string plain(llvm::StringRef Markdown) {
  std::string Out;
  llvm::SmallVector<llvm::StringRef, 64> Lines;
  Markdown.split(Lines, '\n');
  bool Code = false;
  for (llvm::StringRef Line : Lines) {
    if (Line.starts_with("```")) {
      Code = !Code;
      continue;
    }
    for (size_t I = 0; I < Line.size(); ++I) {
      llvm::StringRef Rest = Line.substr(I);
      // The bar is one in a table's cell.
      if (!Code && (Rest.starts_with("`") || Rest.starts_with("\\|")))
        continue;
      if (!Code && Rest.starts_with("**"))
        ++I;
      else
        Out += Rest.front();
    }
    Out += '\n';
  }
  return llvm::StringRef(Out).rtrim().str() + "\n";
}

/// The section below the first heading of the second level, "What it finds", as far as whole sentences fit.
std::string description(llvm::StringRef Page) {
  llvm::StringRef Section = Page.split("\n## ").second.split('\n').second.split("\n## ").first;
  std::string Text = llvm::StringRef(plain(withoutPageLinks(Section))).trim().str();
  if (Text.size() > MaxDescription) {
    llvm::StringRef Fits = llvm::StringRef(Text).take_front(MaxDescription);
    while (!Fits.empty() && !Fits.ends_with(". ") && !Fits.ends_with(".\n"))
      Fits = Fits.drop_back();
    Text.resize(Fits.rtrim().size());
  }
  return Text;
}

/// GitHub's words.
const char *problemSeverity(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    break;
  }
  return "recommendation";
}

} // namespace

SarifRules::SarifRules(const Report &R) {
  for (const Rule &One : allRules())
    Entries.push_back({One.Id, One.Level, One.Summary});
  std::map<std::string, Severity> Others;
  for (const Finding &F : R.Findings)
    if (llvm::none_of(allRules(), [&](const Rule &One) { return F.Rule == One.Id; }))
      Others.try_emplace(F.Rule, F.Level);
  for (const auto &[Id, Level] : Others)
    Entries.push_back({Id, Level, Id});
}

size_t SarifRules::indexOf(llvm::StringRef Id) const {
  return static_cast<size_t>(llvm::find_if(Entries, [&](const Entry &E) { return E.Id == Id; }) -
                             Entries.begin());
}

void SarifRules::write(llvm::json::OStream &J) const {
  auto Text = [&](const char *Name, llvm::StringRef Value) {
    J.attributeObject(Name, [&] { J.attribute("text", Value); });
  };
  J.attributeArray("rules", [&] {
    for (const Entry &E : Entries)
      J.object([&] {
        J.attribute("id", E.Id);
        Text("shortDescription", E.Summary);
        if (llvm::StringRef Page = rulePage(E.Id); !Page.empty()) {
          std::string Markdown = withoutPageLinks(Page);
          Text("fullDescription", description(Page));
          J.attributeObject("help", [&] {
            J.attribute("text", plain(Markdown));
            J.attribute("markdown", Markdown);
          });
        }
        J.attributeObject("defaultConfiguration", [&] { J.attribute("level", severityName(E.Level)); });
        J.attributeObject("properties", [&] { J.attribute("problem.severity", problemSeverity(E.Level)); });
      });
  });
}

} // namespace gfplint
