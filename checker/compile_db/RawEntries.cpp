// The JSON of a compile_commands.json, taken apart, with nothing interpreted.
#include "compile_db/RawEntries.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/StringSaver.h"

namespace gfplint {
namespace {

constexpr llvm::StringLiteral Advice =
    "make the database again (make compile_commands.json, bear, or ./dev kernel)";

llvm::Error fail(const llvm::Twine &What) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), What + "; " + Advice);
}

llvm::Error failAt(size_t Index, const llvm::Twine &What) {
  return fail("entry " + llvm::Twine(Index + 1) + " " + What);
}

/// Whether brackets nest deeper than any database: the JSON parser calls itself for each level.
bool nestsTooDeep(llvm::StringRef Json) {
  constexpr unsigned Limit = 64;
  unsigned Depth = 0;
  bool InString = false;
  for (size_t I = 0; I < Json.size(); ++I) {
    char C = Json[I];
    if (InString) {
      if (C == '\\')
        ++I;
      else if (C == '"')
        InString = false;
    } else if (C == '"') {
      InString = true;
    } else if (C == '[' || C == '{') {
      if (++Depth > Limit)
        return true;
    } else if ((C == ']' || C == '}') && Depth > 0) {
      --Depth;
    }
  }
  return false;
}

/// A text that may be left out.
llvm::Error readOptional(const llvm::json::Object &Object, llvm::StringRef Key, size_t Index,
                         std::string &Text) {
  const llvm::json::Value *Value = Object.get(Key);
  if (Value == nullptr)
    return llvm::Error::success();
  if (std::optional<llvm::StringRef> String = Value->getAsString()) {
    Text = String->str();
    return llvm::Error::success();
  }
  return failAt(Index, "has a '" + Key + "' that is no string");
}

llvm::Error readArguments(const llvm::json::Value &Value, size_t Index, std::vector<std::string> &Words) {
  const llvm::json::Array *List = Value.getAsArray();
  if (List == nullptr)
    return failAt(Index, "has 'arguments' that are no list of strings");
  Words.reserve(List->size());
  for (const llvm::json::Value &Word : *List) {
    std::optional<llvm::StringRef> Text = Word.getAsString();
    if (!Text)
      return failAt(Index, "has 'arguments' that are no list of strings");
    Words.push_back(Text->str());
  }
  return llvm::Error::success();
}

void splitCommand(llvm::StringRef Command, std::vector<std::string> &Words) {
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Saver(Memory);
  llvm::SmallVector<const char *, 256> Split;
  llvm::cl::TokenizeGNUCommandLine(Command, Saver, Split);
  Words.assign(Split.begin(), Split.end());
}

llvm::Expected<RawEntry> readEntry(const llvm::json::Value &Value, size_t Index) {
  const llvm::json::Object *Object = Value.getAsObject();
  if (Object == nullptr)
    return failAt(Index, "is no object with 'directory', 'file' and 'command'");
  RawEntry Entry;
  if (llvm::Error E = readOptional(*Object, "directory", Index, Entry.Directory))
    return E;
  if (llvm::Error E = readOptional(*Object, "file", Index, Entry.File))
    return E;
  if (Entry.File.empty())
    return failAt(Index, "has no 'file'");
  std::string Command;
  if (const llvm::json::Value *Arguments = Object->get("arguments")) {
    if (llvm::Error E = readArguments(*Arguments, Index, Entry.Words))
      return E;
  } else {
    if (llvm::Error E = readOptional(*Object, "command", Index, Command))
      return E;
    splitCommand(Command, Entry.Words);
  }
  if (Entry.Words.empty())
    return failAt(Index, "('" + Entry.File + "') has no 'command' and no 'arguments'");
  return Entry;
}

} // namespace

llvm::Error forEachRawEntry(llvm::StringRef Json, llvm::function_ref<void(RawEntry)> Take) {
  if (Json.trim().empty())
    return fail("the file is empty");
  if (nestsTooDeep(Json))
    return fail("not a compilation database: lists nested too deeply");
  llvm::Expected<llvm::json::Value> Parsed = llvm::json::parse(Json);
  if (!Parsed)
    return fail("not valid JSON, perhaps cut short: " + llvm::toString(Parsed.takeError()));
  llvm::json::Array *List = Parsed->getAsArray();
  if (List == nullptr)
    return fail("not a compilation database: no list of entries");
  if (List->empty())
    return fail("the list of entries is empty");
  for (size_t I = 0; I < List->size(); ++I) {
    llvm::Expected<RawEntry> Entry = readEntry((*List)[I], I);
    if (!Entry)
      return Entry.takeError();
    (*List)[I] = nullptr; // Large databases: what is taken over need not stay.
    Take(std::move(*Entry));
  }
  return llvm::Error::success();
}

} // namespace gfplint
