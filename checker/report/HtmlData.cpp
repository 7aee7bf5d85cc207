// The JSON inside the HTML report. Each text is written once, each line of source once.
#include "report/Html.h"

#include "report/Diff.h"
#include "report/SourceTexts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Lines shown above and below a finding, and a step of its trace.
constexpr uint32_t AroundFinding = 6;
constexpr uint32_t AroundStep = 2;
/// Longer lines are cut: tables that a tool wrote.
constexpr size_t LongestLine = 400;

class Data {
public:
  explicit Data(const HtmlInput &In) : In(In), R(In.R), Texts(In.R) {}

  std::string json() {
    std::string Text;
    llvm::raw_string_ostream Out(Text);
    llvm::json::OStream J(Out);
    J.object([&] {
      J.attributeArray("findings", [&] {
        for (size_t I = 0; I < R.Findings.size(); ++I)
          writeFinding(J, I);
      });
      // What the findings named is known only now.
      J.attributeArray("files", [&] {
        for (size_t I = 0; I < Files.size(); ++I)
          writeFile(J, I);
      });
      J.attributeArray("strings", [&] {
        for (llvm::StringRef S : Strings)
          J.value(S);
      });
    });
    std::string Safe;
    Safe.reserve(Text.size());
    for (char C : Text) {
      if (C == '<')
        Safe += "\\u003c";
      else
        Safe += C;
    }
    return Safe;
  }

private:
  using Json = llvm::json::OStream;
  struct Lines {
    uint32_t First;
    uint32_t Last;
  };

  size_t number(llvm::StringRef Text) {
    std::string Clean = llvm::json::fixUTF8(Text);
    auto [It, New] = StringNumbers.try_emplace(Clean, Strings.size());
    if (New)
      Strings.push_back(It->getKey());
    return It->second;
  }

  size_t fileNumber(FileId File) {
    auto [It, New] = FileNumbers.try_emplace(File, Files.size());
    if (New) {
      Files.push_back(File);
      Wanted.emplace_back();
    }
    return It->second;
  }

  void writePlace(Json &J, Loc At, uint32_t Around) {
    size_t File = fileNumber(At.File);
    if (Around > 0 && At.Line > 0)
      Wanted[File].push_back({At.Line > Around ? At.Line - Around : 1, At.Line + Around});
    J.attribute("file", File);
    J.attribute("line", At.Line);
    if (At.Column > 0)
      J.attribute("column", At.Column);
  }

  void writeFinding(Json &J, size_t I) {
    const Finding &F = R.Findings[I];
    J.object([&] {
      J.attribute("rule", number(F.Rule));
      J.attribute("severity", severityName(F.Level));
      writePlace(J, F.At, AroundFinding);
      J.attribute("function", number(F.Function));
      J.attribute("subsystem", number(In.Subsystems[I]));
      J.attribute("message", number(F.Message));
      J.attribute("mask", number(F.Mask));
      J.attribute("fingerprint", In.Prints[I]);
      if (!F.Trace.empty())
        J.attributeArray("trace", [&] {
          for (const TraceStep &S : F.Trace)
            J.object([&] {
              writePlace(J, S.At, AroundStep);
              J.attribute("function", number(S.Function));
              J.attribute("message", number(S.Message));
            });
        });
      if (F.Suggested)
        J.attributeObject("fix", [&] { writeFix(J, *F.Suggested); });
    });
  }

  void writeFix(Json &J, const Fix &X) {
    J.attribute("applicability", applicabilityName(X.Kind));
    J.attribute("title", number(X.Title));
    if (!X.Edits.empty()) {
      std::optional<std::string> Diff = diffOf(X);
      // Null says that there is one, but not from the files as they are now.
      J.attribute("diff", Diff ? llvm::json::Value(llvm::json::fixUTF8(*Diff)) : nullptr);
    }
    if (!X.Effects.empty())
      J.attributeArray("effects", [&] {
        for (const FixEffect &E : X.Effects)
          J.object([&] {
            writePlace(J, E.At, 0);
            J.attribute("function", number(E.Function));
            J.attribute("before", number(E.Before));
            J.attribute("after", number(E.After));
          });
      });
  }

  /// Nothing where the edits do not fit the files' texts.
  std::optional<std::string> diffOf(const Fix &X) {
    std::map<std::string, std::vector<Edit>> ByFile;
    for (const Edit &E : X.Edits)
      ByFile[R.Files->name(E.At.File).str()].push_back(E);
    std::string All;
    for (auto &[Name, Edits] : ByFile) {
      std::optional<llvm::StringRef> Before = Texts.text(Edits.front().At.File);
      if (!Before)
        return std::nullopt;
      std::stable_sort(Edits.begin(), Edits.end(),
                       [](const Edit &A, const Edit &B) { return A.At.Offset < B.At.Offset; });
      Edits.erase(std::unique(Edits.begin(), Edits.end()), Edits.end());
      std::string After;
      size_t Done = 0;
      for (const Edit &E : Edits) {
        if (E.At.Offset < Done || E.At.Offset + size_t{E.Length} > Before->size())
          return std::nullopt;
        After += Before->slice(Done, E.At.Offset);
        After += E.Text;
        Done = E.At.Offset + size_t{E.Length};
      }
      After += Before->substr(Done);
      All += unifiedDiff(Name, *Before, After, Edits);
    }
    return All;
  }

  void writeFile(Json &J, size_t Number) {
    J.object([&] {
      J.attribute("name", llvm::json::fixUTF8(R.Files->name(Files[Number])));
      std::vector<Lines> Shown = merged(Wanted[Number]);
      std::optional<llvm::StringRef> Text = Texts.text(Files[Number]);
      if (Shown.empty() || !Text)
        return;
      J.attributeArray("excerpts", [&] {
        uint32_t Next = 1; // the number of Text's first line
        for (const Lines &L : Shown) {
          for (; Next < L.First && !Text->empty(); ++Next)
            *Text = Text->split('\n').second;
          if (Text->empty())
            return;
          J.object([&] {
            J.attribute("first", L.First);
            J.attributeArray("lines", [&] {
              for (; Next <= L.Last && !Text->empty(); ++Next) {
                auto [Line, Rest] = Text->split('\n');
                J.value(shortened(Line.rtrim('\r')));
                *Text = Rest;
              }
            });
          });
        }
      });
    });
  }

  static std::vector<Lines> merged(std::vector<Lines> All) {
    llvm::sort(All, [](const Lines &A, const Lines &B) { return A.First < B.First; });
    std::vector<Lines> Out;
    for (const Lines &L : All) {
      if (!Out.empty() && L.First <= Out.back().Last + 1)
        Out.back().Last = std::max(Out.back().Last, L.Last);
      else
        Out.push_back(L);
    }
    return Out;
  }

  static std::string shortened(llvm::StringRef Line) {
    if (Line.size() <= LongestLine)
      return llvm::json::fixUTF8(Line);
    size_t End = LongestLine;
    while (End > 0 && (static_cast<unsigned char>(Line[End]) & 0xC0) == 0x80) // inside a character
      --End;
    return llvm::json::fixUTF8(Line.take_front(End)) + "\xE2\x80\xA6";
  }

  const HtmlInput &In;
  const Report &R;
  SourceTexts Texts;
  llvm::StringMap<size_t> StringNumbers;
  std::vector<llvm::StringRef> Strings;
  std::map<FileId, size_t> FileNumbers;
  std::vector<FileId> Files;
  /// By the number of the file.
  std::vector<std::vector<Lines>> Wanted;
};

} // namespace

std::string htmlData(const HtmlInput &In) { return Data(In).json(); }

} // namespace gfplint
