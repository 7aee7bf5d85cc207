// Line by line: a line says by its first characters which block it begins or goes on with.
#include "report/Markdown.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <optional>

namespace gfplint {

std::string htmlEscaped(llvm::StringRef Text) {
  std::string Out;
  llvm::raw_string_ostream Stream(Out);
  // A null byte has no place in HTML.
  std::string Clean = llvm::json::fixUTF8(Text);
  std::replace(Clean.begin(), Clean.end(), '\0', ' ');
  llvm::printHTMLEscaped(Clean, Stream);
  return Out;
}

namespace {

using LinkMaker = llvm::function_ref<std::string(llvm::StringRef)>;

/// What stands between `Open`, with which the text has to begin, and the next `Close`.
std::optional<llvm::StringRef> enclosed(llvm::StringRef Text, llvm::StringRef Open, llvm::StringRef Close) {
  size_t End = Text.starts_with(Open) ? Text.find(Close, Open.size()) : llvm::StringRef::npos;
  if (End == llvm::StringRef::npos)
    return std::nullopt;
  return Text.slice(Open.size(), End);
}

/// A line's inside: code, bold, links, and text.
std::string inlineHtml(llvm::StringRef Text, LinkMaker LinkTo) {
  std::string Out;
  size_t Plain = 0; // bytes before Text that are still to be written
  auto Flush = [&] {
    Out += htmlEscaped(llvm::StringRef(Text.data() - Plain, Plain));
    Plain = 0;
  };
  while (!Text.empty()) {
    if (auto Code = enclosed(Text, "`", "`")) {
      Flush();
      Out += "<code>" + htmlEscaped(*Code) + "</code>";
      Text = Text.substr(Code->size() + 2);
      continue;
    }
    if (auto Bold = enclosed(Text, "**", "**")) {
      Flush();
      Out += "<strong>" + inlineHtml(*Bold, LinkTo) + "</strong>";
      Text = Text.substr(Bold->size() + 4);
      continue;
    }
    auto Words = enclosed(Text, "[", "](");
    auto Target = Words ? enclosed(Text.substr(Words->size() + 1), "](", ")") : std::nullopt;
    if (Target) {
      Flush();
      std::string Address = LinkTo(*Target);
      std::string Inside = inlineHtml(*Words, LinkTo);
      Out += Address.empty() ? Inside : "<a href=\"" + htmlEscaped(Address) + "\">" + Inside + "</a>";
      Text = Text.substr(Words->size() + Target->size() + 4);
      continue;
    }
    ++Plain;
    Text = Text.drop_front();
  }
  Flush();
  return Out;
}

class Renderer {
public:
  Renderer(unsigned TopHeading, LinkMaker LinkTo) : TopHeading(TopHeading), LinkTo(LinkTo) {}

  std::string render(llvm::StringRef Text) {
    while (!Text.empty()) {
      llvm::StringRef Line;
      std::tie(Line, Text) = Text.split('\n');
      take(Line.rtrim());
    }
    close();
    return std::move(Out);
  }

private:
  enum class Block { None, Paragraph, List, Table, Code };

  void take(llvm::StringRef Line) {
    if (Line.ltrim().starts_with("```")) {
      bool Ends = Open == Block::Code;
      close();
      if (!Ends)
        Open = Block::Code;
      return;
    }
    if (Open == Block::Code) {
      Held += Line.str() + "\n";
      return;
    }
    size_t Level = std::min(Line.find_first_not_of('#'), Line.size());
    if (Line.empty()) {
      close();
    } else if (Level > 0 && Level <= 6 && Line.substr(Level).starts_with(" ")) {
      close();
      std::string Tag = "h" + std::to_string(std::min<size_t>(6, TopHeading + Level - 1));
      Out += "<" + Tag + ">" + inlineHtml(Line.drop_front(Level).trim(), LinkTo) + "</" + Tag + ">\n";
    } else if (Line.starts_with("- ")) {
      if (Open != Block::List)
        close();
      else
        flushItem();
      Open = Block::List;
      Held = Line.drop_front(2).str();
    } else if (Line.starts_with("|")) {
      if (Open != Block::Table)
        close();
      Open = Block::Table;
      takeRow(Line);
    } else {
      if (Open == Block::Table)
        close();
      if (Open == Block::None)
        Open = Block::Paragraph;
      Held += (Held.empty() ? "" : "\n") + Line.ltrim().str();
    }
  }

  /// `| a | b \| c |`; the second row of a table only says how columns are aligned.
  void takeRow(llvm::StringRef Line) {
    ++Rows;
    if (Rows == 2 && Line.find_first_not_of("|-: ") == llvm::StringRef::npos)
      return;
    const char *Tag = Rows == 1 ? "th" : "td";
    Held += Rows == 1 ? "<thead><tr>" : Rows == 3 ? "</thead>\n<tbody><tr>" : "<tr>";
    llvm::StringRef Rest = Line.drop_front().rtrim('|');
    while (!Rest.empty()) {
      size_t End = Rest.find('|');
      while (End != llvm::StringRef::npos && End > 0 && Rest[End - 1] == '\\')
        End = Rest.find('|', End + 1);
      std::string Cell = Rest.take_front(End).trim().str();
      Rest = End == llvm::StringRef::npos ? "" : Rest.drop_front(End + 1);
      for (size_t At = Cell.find("\\|"); At != std::string::npos; At = Cell.find("\\|", At))
        Cell.erase(At, 1);
      Held += std::string("<") + Tag + (Rows == 1 ? " scope=\"col\">" : ">") + inlineHtml(Cell, LinkTo) +
              "</" + Tag + ">";
    }
    Held += "</tr>\n";
  }

  void flushItem() {
    // The list's tag goes before its first item.
    if (!InList)
      Out += "<ul>\n";
    InList = true;
    Out += "<li>" + inlineHtml(Held, LinkTo) + "</li>\n";
    Held.clear();
  }

  void close() {
    switch (Open) {
    case Block::None:
      break;
    case Block::Paragraph:
      Out += "<p>" + inlineHtml(Held, LinkTo) + "</p>\n";
      break;
    case Block::List:
      flushItem();
      Out += "</ul>\n";
      InList = false;
      break;
    case Block::Table:
      Out += "<table>\n" + Held + (Rows < 3 ? "</thead>" : "</tbody>") + "</table>\n";
      Rows = 0;
      break;
    case Block::Code:
      // Focusable, for it may scroll.
      Out += "<pre tabindex=\"0\"><code>" + htmlEscaped(Held) + "</code></pre>\n";
      break;
    }
    Held.clear();
    Open = Block::None;
  }

  unsigned TopHeading;
  LinkMaker LinkTo;
  Block Open = Block::None;
  bool InList = false;
  /// Of the open table.
  unsigned Rows = 0;
  /// The open block's text so far; a table's rows as HTML.
  std::string Held;
  std::string Out;
};

} // namespace

std::string markdownToHtml(llvm::StringRef Text, unsigned TopHeading, LinkMaker LinkTo) {
  return Renderer(TopHeading, LinkTo).render(Text);
}

} // namespace gfplint
