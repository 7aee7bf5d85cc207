// Units by key, valid where all that they were made from is as it was.
#include "store/Ids.h"
#include "store/Store.h"
#include "store/Sums.h"

#include <sqlite3.h>

namespace gfplint {
namespace {

/// Rows are counted from 1; nobody has more files.
constexpr int64_t LargestRow = 1 << 28;
/// From here on one pass over all units may be cheaper than a search a key.
constexpr size_t Many = 64;

Hash128 keyAt(const Statement &S, int Column) {
  Hash128 Key{};
  llvm::StringRef Bytes = S.bytes(Column);
  std::copy_n(Bytes.begin(), std::min(Bytes.size(), Key.size()), Key.begin());
  return Key;
}

llvm::Error damaged(const char *What) { return llvm::make_error<SqliteError>(SQLITE_CORRUPT, What); }

} // namespace

void Store::noteRow(ContentId Id, int64_t Row) {
  if (Row <= 0 || Row > LargestRow)
    return;
  auto At = static_cast<size_t>(Row);
  if (At >= ContentOfRow.size()) {
    ContentOfRow.resize(std::max(At + 1, ContentOfRow.size() * 2));
    RowStates.resize(ContentOfRow.size(), RowIs::Unknown);
  }
  ContentOfRow[At] = Id;
  RowStates[At] = RowIs::Unknown;
}

bool Store::rowIsCurrent(int64_t Row) {
  if (Row <= 0 || Row > LargestRow)
    return false;
  auto At = static_cast<size_t>(Row);
  if (At >= ContentOfRow.size() || !ContentOfRow[At]) {
    // Another process has added it since.
    ResetAtEnd Reset(Sql.ContentById);
    llvm::Expected<bool> Found = Sql.ContentById.bind(1, Row).step();
    if (!Found) {
      readFailed(Found.takeError());
      return false;
    }
    if (!*Found)
      return false;
    llvm::StringRef Bytes = Sql.ContentById.bytes(1);
    Hash128 Hash = keyAt(Sql.ContentById, 1);
    noteRow(Files.addKnown(Sql.ContentById.bytes(0), Bytes.empty() ? nullptr : &Hash, Row), Row);
  }
  bool Current = Files.isCurrent(*ContentOfRow[At]);
  RowStates[At] = Current ? RowIs::Current : RowIs::Stale;
  return Current;
}

bool Store::depsAreCurrent(llvm::StringRef Deps) {
  return eachOfSet(Deps, [&](int64_t Row) {
    if (static_cast<uint64_t>(Row) < RowStates.size() && RowStates[Row] != RowIs::Unknown)
      return RowStates[Row] == RowIs::Current;
    return rowIsCurrent(Row);
  });
}

/// Columns: id, key, milliseconds, sum, deps_sum, error, parts, and deps unless all are current.
llvm::Error Store::readUnit(Statement &S, bool AllCurrent, std::optional<StoredUnit> &Out) {
  if (!AllCurrent) {
    llvm::StringRef Deps = S.bytes(7);
    if (!depsAreCurrent(Deps))
      return llvm::Error::success();
    if (sumOf(Deps) != S.number(4))
      return damaged("a unit's list of files has a wrong checksum");
  }
  llvm::StringRef Error = S.bytes(5);
  llvm::StringRef Parts = S.bytes(6);
  if (sumOfAll({S.bytes(1), std::to_string(S.number(2)), Error, Parts}) != S.number(3))
    return damaged("a unit has a wrong checksum");
  std::optional<std::vector<int64_t>> Rows = decodeList(Parts);
  if (!Rows)
    return damaged("a unit's list of parts is malformed");
  if (!NewPartOfRow.empty())
    for (int64_t &Row : *Rows)
      if (auto New = NewPartOfRow.find(Row); New != NewPartOfRow.end())
        Row = New->second;
  Out = StoredUnit{std::move(*Rows), Error.str(), static_cast<unsigned>(S.number(2))};
  return llvm::Error::success();
}

llvm::Error Store::lookupSome(llvm::ArrayRef<Hash128> Keys, std::vector<std::optional<StoredUnit>> &Found) {
  Statement &S = Sql.UnitsByKey;
  for (size_t I = 0; I < Keys.size(); ++I) {
    ResetAtEnd Reset(S);
    S.bindBlob(1, bytesOf(Keys[I]));
    unsigned Rows = 0;
    std::optional<int64_t> Hit;
    while (true) {
      llvm::Expected<bool> Row = S.step();
      if (!Row)
        return Row.takeError();
      if (!*Row)
        break;
      ++Rows;
      if (Found[I])
        continue;
      if (llvm::Error E = readUnit(S, false, Found[I]))
        return E;
      if (Found[I])
        Hit = S.number(0);
    }
    if (Hit)
      Uses.push_back({*Hit, Rows > 1});
  }
  return llvm::Error::success();
}

llvm::Error Store::lookupAll(llvm::ArrayRef<Hash128> Keys, std::vector<std::optional<StoredUnit>> &Found) {
  struct Wanted {
    llvm::SmallVector<uint32_t, 1> At;
    unsigned Rows = 0;
    int64_t Hit = 0;
  };
  std::unordered_map<Hash128, Wanted, HashOfHash> ByKey;
  ByKey.reserve(Keys.size());
  for (size_t I = 0; I < Keys.size(); ++I)
    ByKey[Keys[I]].At.push_back(static_cast<uint32_t>(I));
  // Then no list of files needs reading.
  bool AllCurrent = Files.allCurrent();
  std::string Text = "SELECT id, key, milliseconds, sum, deps_sum, error, parts";
  Text += AllCurrent ? "" : ", deps";
  Text += " FROM unit ORDER BY id DESC";
  llvm::Expected<Statement> S = Db.prepare(Text);
  if (!S)
    return S.takeError();
  while (true) {
    llvm::Expected<bool> Row = S->step();
    if (!Row)
      return Row.takeError();
    if (!*Row)
      break;
    auto W = ByKey.find(keyAt(*S, 1));
    if (W == ByKey.end())
      continue;
    ++W->second.Rows;
    if (W->second.Hit)
      continue;
    std::optional<StoredUnit> Unit;
    if (llvm::Error E = readUnit(*S, AllCurrent, Unit))
      return E;
    if (!Unit)
      continue;
    W->second.Hit = S->number(0);
    for (uint32_t At : W->second.At)
      Found[At] = Unit;
  }
  for (auto &[Key, W] : ByKey)
    if (W.Hit)
      Uses.push_back({W.Hit, W.Rows > 1});
  return llvm::Error::success();
}

std::vector<std::optional<StoredUnit>> Store::lookup(llvm::ArrayRef<Hash128> Keys) {
  std::vector<std::optional<StoredUnit>> Found(Keys.size());
  flush();
  if (State == Mode::Closed || !mine())
    return Found;
  auto Search = [&]() -> llvm::Error {
    llvm::Expected<int64_t> Units = Db.number("SELECT max(id) FROM unit");
    if (!Units)
      return Units.takeError();
    if (When == ReadFiles::All && Keys.size() > Many && static_cast<int64_t>(Keys.size()) * 8 > *Units)
      return lookupAll(Keys, Found);
    return lookupSome(Keys, Found);
  };
  if (llvm::Error E = Search())
    readFailed(std::move(E));
  if (State == Mode::Closed)
    Found.assign(Keys.size(), std::nullopt);
  return Found;
}

std::vector<std::optional<unsigned>> Store::previousCost(llvm::ArrayRef<Hash128> Keys) {
  std::vector<std::optional<unsigned>> Costs(Keys.size());
  for (size_t I = 0; I < Keys.size() && State != Mode::Closed && mine(); ++I) {
    ResetAtEnd Reset(Sql.CostByKey);
    llvm::Expected<bool> Row = Sql.CostByKey.bindBlob(1, bytesOf(Keys[I])).step();
    if (!Row) {
      readFailed(Row.takeError());
      break;
    }
    if (*Row)
      Costs[I] = static_cast<unsigned>(Sql.CostByKey.number(0));
  }
  return Costs;
}

} // namespace gfplint
