// Making a store smaller, while no other process has it open.
#include "store/Ids.h"
#include "store/Store.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace gfplint {
namespace {

/// Inserts the ids of each row's blob into a table of one column.
llvm::Error collect(Connection &Db, const char *From, const char *Into, bool IsSet) {
  llvm::Expected<Statement> Read = Db.prepare(From);
  if (!Read)
    return Read.takeError();
  std::vector<bool> Seen;
  while (true) {
    llvm::Expected<bool> Row = Read->step();
    if (!Row)
      return Row.takeError();
    if (!*Row)
      break;
    auto Mark = [&](int64_t Id) {
      if (Id < 0 || Id > (int64_t(1) << 32))
        return false;
      if (static_cast<size_t>(Id) >= Seen.size())
        Seen.resize(std::max<size_t>(Id + 1, Seen.size() * 2));
      Seen[Id] = true;
      return true;
    };
    bool Whole = true;
    if (IsSet) {
      Whole = eachOfSet(Read->bytes(0), Mark);
    } else {
      std::optional<std::vector<int64_t>> Ids = decodeList(Read->bytes(0));
      Whole = Ids.has_value();
      for (size_t I = 0; Whole && I < Ids->size(); ++I)
        Whole = Mark((*Ids)[I]);
    }
    if (!Whole)
      return llvm::createStringError("a list of ids is malformed");
  }
  llvm::Expected<Statement> Insert = Db.prepare(Into);
  if (!Insert)
    return Insert.takeError();
  for (size_t Id = 0; Id < Seen.size(); ++Id)
    if (Seen[Id])
      if (llvm::Error E = Insert->bind(1, static_cast<int64_t>(Id)).run())
        return E;
  return llvm::Error::success();
}

} // namespace

/// True where rows were dropped.
llvm::Expected<bool> Store::pruneRows(int64_t Before) {
  std::string Old = "(SELECT unit FROM used WHERE run < " + std::to_string(Before) + ")";
  llvm::Expected<int64_t> Aged = Db.number("SELECT count(*) FROM " + Old);
  if (!Aged)
    return Aged.takeError();
  llvm::Expected<int64_t> Retired = Db.number("SELECT value FROM meta WHERE name = 'retired'");
  if (!Retired)
    return Retired.takeError();
  llvm::Expected<int64_t> Units = Db.number("SELECT count(*) FROM used");
  if (!Units)
    return Units.takeError();
  // Counting what is unused takes a while: only where much was replaced since the last time.
  if ((*Aged + *Retired) * 2 <= *Units)
    return false;
  if (llvm::Error E = Db.run("CREATE TEMP TABLE IF NOT EXISTS live_part(id INTEGER PRIMARY KEY);"
                             "CREATE TEMP TABLE IF NOT EXISTS live_content(id INTEGER PRIMARY KEY);"
                             "DELETE FROM live_part; DELETE FROM live_content"))
    return std::move(E);
  if (llvm::Error E = Db.run(("DELETE FROM unit WHERE id IN " + Old).c_str()))
    return std::move(E);
  for (const char *Table : {"blob", "pch"})
    if (llvm::Error E = Db.run(
            ("DELETE FROM " + llvm::Twine(Table) + " WHERE run < " + llvm::Twine(Before)).str().c_str()))
      return std::move(E);
  if (llvm::Error E = collect(Db, "SELECT parts FROM unit", "INSERT INTO live_part VALUES(?)", false))
    return std::move(E);
  if (llvm::Error E =
          collect(Db, "SELECT deps FROM unit UNION ALL SELECT deps FROM blob UNION ALL SELECT deps FROM pch",
                  "INSERT INTO live_content VALUES(?)", true))
    return std::move(E);
  if (llvm::Error E = Db.run("UPDATE meta SET value = 0 WHERE name = 'retired'"))
    return std::move(E);
  llvm::Expected<int64_t> Parts = Db.number("SELECT count(*) FROM body");
  if (!Parts)
    return Parts.takeError();
  llvm::Expected<int64_t> Live = Db.number("SELECT count(*) FROM live_part");
  if (!Live)
    return Live.takeError();
  if (*Live * 2 > *Parts)
    return false;
  if (llvm::Error E = Db.run("DELETE FROM part WHERE id NOT IN live_part;"
                             "DELETE FROM body WHERE part NOT IN live_part;"
                             "DELETE FROM content WHERE id NOT IN live_content;"
                             "DELETE FROM stat WHERE path NOT IN (SELECT path FROM content)"))
    return std::move(E);
  return true;
}

/// Removes the files of pchFolder() that no row names.
llvm::Error Store::prunePchFiles() {
  llvm::Expected<Statement> S = Db.prepare("SELECT file FROM pch");
  if (!S)
    return S.takeError();
  llvm::StringSet<> Named;
  while (true) {
    llvm::Expected<bool> Row = S->step();
    if (!Row)
      return Row.takeError();
    if (!*Row)
      break;
    Named.insert(llvm::sys::path::stem(S->bytes(0)));
  }
  std::error_code Error;
  llvm::sys::fs::directory_iterator End;
  for (llvm::sys::fs::directory_iterator At(pchFolder(), Error); !Error && At != End; At.increment(Error))
    // What lies beside a precompiled header under its name belongs to it.
    if (!Named.contains(llvm::sys::path::stem(At->path())))
      if (std::error_code Removed = llvm::sys::fs::remove(At->path()))
        return llvm::createStringError(At->path() + ": " + Removed.message());
  return llvm::Error::success();
}

bool Store::prune(std::chrono::hours Unused) {
  finish();
  if (State != Mode::Writing || Folder.empty() || !mine() || !Lock.alone())
    return false;
  State = Mode::Closed;
  int64_t Before = Run - std::chrono::duration_cast<std::chrono::milliseconds>(Unused).count();
  bool Dropped = false;
  llvm::Error E = inTransaction([&]() -> llvm::Error {
    llvm::Expected<bool> Did = pruneRows(Before);
    if (!Did)
      return Did.takeError();
    Dropped = *Did;
    return llvm::Error::success();
  });
  if (!E)
    E = prunePchFiles();
  if (!E && Dropped)
    E = Db.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  Lock.shareAgain();
  if (E) {
    Trouble T = troubleOf(std::move(E));
    State = T.Damage ? Mode::Reading : Mode::Closed;
    if (T.Damage)
      reportDamage(T.Message);
    else
      remark("the store could not be made smaller (" + T.Message + ")");
  }
  return Dropped;
}

} // namespace gfplint
