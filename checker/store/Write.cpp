// Additions wait in memory and are written in short transactions, so that two runs can share a store.
#include "store/Ids.h"
#include "store/Store.h"
#include "store/Sums.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

namespace gfplint {
namespace {

constexpr auto Interval = std::chrono::milliseconds(500);
constexpr size_t LargestBatch = 16 << 20;
constexpr int64_t DayInMilliseconds = int64_t(24) * 3600 * 1000;

} // namespace

void Store::added(size_t Bytes) {
  if (State != Mode::Writing || !mine())
    return;
  PendingBytes += Bytes;
  auto Now = std::chrono::steady_clock::now();
  if (!PendingSince)
    PendingSince = Now;
  if (PendingBytes > LargestBatch || Now - *PendingSince > Interval)
    flush();
}

void Store::addUnit(NewUnit Unit) {
  if (State != Mode::Writing || !mine())
    return;
  size_t Bytes = Unit.Deps.size() * sizeof(ContentId);
  NewUnits.push_back(std::move(Unit));
  added(Bytes);
}

void Store::writeFailed(llvm::Error E) {
  Trouble T = troubleOf(std::move(E));
  if (T.Damage)
    reportDamage(T.Message);
  else
    stopWriting(T.Message);
}

void Store::flush() {
  if (State != Mode::Writing || !mine() || !Db)
    return;
  PendingBytes = 0;
  PendingSince.reset();
  if (llvm::Error E = commit())
    writeFailed(std::move(E));
}

llvm::Error Store::inTransaction(llvm::function_ref<llvm::Error()> Write) {
  if (llvm::Error E = Sql.Begin.run())
    return E;
  llvm::Error E = Write();
  if (!E)
    E = Sql.Commit.run();
  // Some errors have ended the transaction already.
  if (E)
    llvm::consumeError(Sql.Rollback.run());
  return E;
}

llvm::Error Store::commit() {
  bool Smalls = false;
  for (const SmallMap *Map : {&NewBlobs, &NewPchs})
    for (const auto &[Key, S] : *Map)
      Smalls |= !S.Private;
  Stamps = Files.takeNewStamps();
  if (NewUnits.empty() && PartsWritten == NewParts.size() && !Smalls && Stamps.empty())
    return llvm::Error::success();

  Files.beginCheck();
  std::vector<ContentId> NewRows;
  std::vector<int64_t> PartRows;
  if (llvm::Error E = inTransaction([&] { return writeAll(NewRows, PartRows); })) {
    // These ids may be given to others now.
    for (ContentId Id : NewRows) {
      auto Row = static_cast<size_t>(Files.content(Id).Row);
      ContentOfRow[Row].reset();
      RowStates[Row] = RowIs::Unknown;
      Files.setRow(Id, 0);
    }
    return E;
  }
  for (int64_t Row : PartRows) {
    NewParts[PartsWritten] = {NewParts[PartsWritten].Hash, "", "", Row};
    NewPartOfRow[Row] = idOfNew(PartsWritten);
    ++PartsWritten;
  }
  NewUnits.clear();
  for (SmallMap *Map : {&NewBlobs, &NewPchs})
    std::erase_if(*Map, [](const auto &Entry) { return !Entry.second.Private; });
  return llvm::Error::success();
}

llvm::Error Store::writeAll(std::vector<ContentId> &NewRows, std::vector<int64_t> &PartRows) {
  for (size_t I = PartsWritten; I < NewParts.size(); ++I) {
    llvm::Expected<int64_t> Row = writePart(NewParts[I]);
    if (!Row)
      return Row.takeError();
    PartRows.push_back(*Row);
  }
  for (const NewUnit &U : NewUnits)
    if (llvm::Error E = writeUnit(U, PartRows, NewRows))
      return E;
  if (llvm::Error E = writeSmalls(NewBlobs, false, NewRows))
    return E;
  if (llvm::Error E = writeSmalls(NewPchs, true, NewRows))
    return E;
  for (const FileStates::NewStamp &S : Stamps)
    if (llvm::Error E = Sql.StampPut.bindText(1, S.Path)
                            .bind(2, S.At.Size)
                            .bind(3, S.At.Mtime)
                            .bind(4, S.At.Ctime)
                            .bindBlob(5, bytesOf(S.Hash))
                            .run())
      return E;
  return llvm::Error::success();
}

llvm::Expected<int64_t> Store::writePart(const Part &P) {
  if (llvm::Error E =
          Sql.PartInsert.bindBlob(1, bytesOf(P.Hash)).bind(2, sumOf(P.Index)).bindBlob(3, P.Index).run())
    return std::move(E);
  if (Db.changes() > 0) {
    int64_t Row = Db.lastId();
    if (llvm::Error E = Sql.BodyInsert.bind(1, Row).bind(2, sumOf(P.Bodies)).bindBlob(3, P.Bodies).run())
      return std::move(E);
    return Row;
  }
  // Another process was first.
  ResetAtEnd Reset(Sql.PartFind);
  llvm::Expected<bool> Found = Sql.PartFind.bindBlob(1, bytesOf(P.Hash)).step();
  if (!Found)
    return Found.takeError();
  if (!*Found)
    return llvm::createStringError("a part is neither new nor there");
  return Sql.PartFind.number(0);
}

llvm::Error Store::writeContent(ContentId Id, std::vector<ContentId> &NewRows) {
  const FileStates::Content &C = Files.content(Id);
  if (C.Row)
    return llvm::Error::success();
  llvm::StringRef Path = Files.path(Id);
  llvm::StringRef Hash = C.Absent ? llvm::StringRef() : bytesOf(C.Hash);
  if (llvm::Error E = Sql.ContentInsert.bindText(1, Path).bindBlob(2, Hash).run())
    return E;
  int64_t Row = Db.lastId();
  if (Db.changes() == 0) {
    ResetAtEnd Reset(Sql.ContentFind);
    llvm::Expected<bool> Found = Sql.ContentFind.bindText(1, Path).bindBlob(2, Hash).step();
    if (!Found)
      return Found.takeError();
    if (!*Found)
      return llvm::createStringError("a file's content is neither new nor there");
    Row = Sql.ContentFind.number(0);
  }
  Files.setRow(Id, Row);
  noteRow(Id, Row);
  NewRows.push_back(Id);
  return llvm::Error::success();
}

bool Store::settled(llvm::ArrayRef<ContentId> Deps) {
  for (ContentId Id : Deps)
    if (!Files.isSettled(Id))
      return false;
  return true;
}

llvm::Expected<std::string> Store::writeDeps(llvm::ArrayRef<ContentId> Deps,
                                             std::vector<ContentId> &NewRows) {
  std::vector<int64_t> Rows;
  Rows.reserve(Deps.size());
  for (ContentId Id : Deps) {
    if (llvm::Error E = writeContent(Id, NewRows))
      return std::move(E);
    Rows.push_back(Files.content(Id).Row);
  }
  return encodeSet(std::move(Rows));
}

llvm::Error Store::writeUnit(const NewUnit &U, llvm::ArrayRef<int64_t> PartRows,
                             std::vector<ContentId> &NewRows) {
  if (!settled(U.Deps)) {
    ++Unsettled;
    return llvm::Error::success();
  }
  llvm::Expected<std::string> Deps = writeDeps(U.Deps, NewRows);
  if (!Deps)
    return Deps.takeError();
  std::vector<int64_t> Rows;
  for (PartId Id : U.Parts) {
    Part *New = newPart(Id);
    Rows.push_back(!New       ? Id
                   : New->Row ? New->Row
                              : PartRows[static_cast<size_t>(New - NewParts.data()) - PartsWritten]);
  }
  std::string Parts = encodeList(Rows);
  llvm::StringRef Key = bytesOf(U.Key);
  if (llvm::Error E = Sql.UnitSame.bindBlob(1, Key).bindBlob(2, *Deps).run())
    return E;
  if (llvm::Error E = Sql.UnitInsert.bindBlob(1, Key)
                          .bind(2, U.Milliseconds)
                          .bind(3, sumOfAll({Key, std::to_string(U.Milliseconds), U.Error, Parts}))
                          .bind(4, sumOf(*Deps))
                          .bindText(5, U.File)
                          .bindText(6, U.Error)
                          .bindBlob(7, Parts)
                          .bindBlob(8, *Deps)
                          .run())
    return E;
  if (llvm::Error E = Sql.UsedInsert.bind(1, Db.lastId()).bind(2, Run).run())
    return E;
  return Sql.UnitTrim.bindBlob(1, Key).run();
}

llvm::Error Store::writeSmalls(SmallMap &Map, bool IsPch, std::vector<ContentId> &NewRows) {
  for (auto &[Key, S] : Map) {
    uint64_t Bytes = 0;
    if (!settled(S.Deps) || (IsPch && llvm::sys::fs::file_size(pchFolder() + "/" + S.File, Bytes)))
      S.Private = true;
    if (S.Private)
      continue;
    llvm::Expected<std::string> Deps = writeDeps(S.Deps, NewRows);
    if (!Deps)
      return Deps.takeError();
    Statement &Put = IsPch ? Sql.PchPut : Sql.BlobPut;
    Put.bindBlob(1, bytesOf(Key))
        .bind(2, Run)
        .bind(3, sumOfAll({bytesOf(Key), *Deps, S.Data, S.File}))
        .bindBlob(4, *Deps)
        .bindBlob(5, S.Data);
    if (IsPch)
      Put.bindText(6, S.File).bind(7, static_cast<int64_t>(Bytes));
    if (llvm::Error E = Put.run())
      return E;
  }
  return llvm::Error::success();
}

/// A unit's use is written where it matters which of several was used last, else once a day: a run in
/// which nothing changed writes nothing.
llvm::Error Store::writeUses() {
  if (Uses.empty() && Touched.empty())
    return llvm::Error::success();
  llvm::DenseMap<int64_t, int64_t> LastRuns;
  llvm::Expected<Statement> S = Db.prepare("SELECT unit, run FROM used");
  if (!S)
    return S.takeError();
  while (true) {
    llvm::Expected<bool> Row = S->step();
    if (!Row)
      return Row.takeError();
    if (!*Row)
      break;
    LastRuns[S->number(0)] = S->number(1);
  }
  std::vector<int64_t> Rows;
  for (const Use &U : Uses)
    if (auto Last = LastRuns.find(U.Row);
        Last != LastRuns.end() && Run - Last->second > (U.Several ? 0 : DayInMilliseconds))
      Rows.push_back(U.Row);
  if (Rows.empty() && Touched.empty())
    return llvm::Error::success();
  return inTransaction([&]() -> llvm::Error {
    for (int64_t Row : Rows)
      if (llvm::Error E = Sql.UsedUpdate.bind(1, Run).bind(2, Row).run())
        return E;
    for (const Touch &T : Touched)
      if (llvm::Error E =
              (T.IsPch ? Sql.PchTouch : Sql.BlobTouch).bind(1, Run).bindBlob(2, bytesOf(T.Key)).run())
        return E;
    return llvm::Error::success();
  });
}

void Store::finish() {
  flush();
  if (State != Mode::Writing || !mine())
    return;
  if (llvm::Error E = writeUses())
    writeFailed(std::move(E));
  Uses.clear();
  Touched.clear();
}

std::string Store::describe() {
  auto Count = [&](const char *Text) -> int64_t {
    llvm::Expected<int64_t> N = Db.number(Text);
    if (N)
      return *N;
    readFailed(N.takeError());
    return 0;
  };
  flush();
  if (State == Mode::Closed)
    return "store: not used";
  std::string Line =
      llvm::formatv("store: {0} units, {1} parts, {2} files; {3:F1} MiB", Count("SELECT count(*) FROM used"),
                    Count("SELECT max(id) FROM part"), Count("SELECT count(*) FROM stat"),
                    static_cast<double>(Count("PRAGMA page_count") * Count("PRAGMA page_size")) / (1 << 20));
  if (Unsettled > 0)
    Line += llvm::formatv("; {0} units not kept: files changed just before or during the run", Unsettled);
  return Line;
}

} // namespace gfplint
