// Reading and taking parts, blobs and precompiled headers.
#include "store/Ids.h"
#include "store/Store.h"
#include "store/Sums.h"

#include "llvm/Support/FileSystem.h"

#include <sqlite3.h>

namespace gfplint {
namespace {

/// Ids of parts that were added in this run start here; others are the store's own.
constexpr PartId FirstNew = PartId(1) << 62;
/// Stepping over so many rows is cheaper than a search.
constexpr int64_t NearRows = 8;
constexpr int64_t DayInMilliseconds = int64_t(24) * 3600 * 1000;

llvm::Error damaged(llvm::StringRef What) {
  return llvm::make_error<SqliteError>(SQLITE_CORRUPT, What.str());
}

/// The bytes in column 1 where column 0 is their checksum.
llvm::Expected<llvm::StringRef> partBytes(const Statement &S, bool Found, int64_t Row, llvm::StringRef What) {
  if (!Found)
    return damaged(("the " + What + " of part " + llvm::Twine(Row) + " is not there").str());
  if (sumOf(S.bytes(1)) != S.number(0))
    return damaged(("the " + What + " of part " + llvm::Twine(Row) + " has a wrong checksum").str());
  return S.bytes(1);
}

} // namespace

Store::Part *Store::newPart(PartId Id) {
  return Id >= FirstNew ? &NewParts[static_cast<size_t>(Id - FirstNew)] : nullptr;
}

PartId Store::idOfNew(size_t Index) { return FirstNew + static_cast<PartId>(Index); }

std::optional<PartId> Store::findPart(const Hash128 &Hash) {
  if (auto Known = PartOfHash.find(Hash); Known != PartOfHash.end())
    return Known->second;
  if (State == Mode::Closed || !mine())
    return std::nullopt;
  ResetAtEnd Reset(Sql.PartFind);
  llvm::Expected<bool> Row = Sql.PartFind.bindBlob(1, bytesOf(Hash)).step();
  if (!Row) {
    readFailed(Row.takeError());
    return std::nullopt;
  }
  if (!*Row)
    return std::nullopt;
  PartId Id = Sql.PartFind.number(0);
  PartOfHash.emplace(Hash, Id);
  return Id;
}

PartId Store::addPart(const Hash128 &Hash, std::string Index, std::string Bodies) {
  if (std::optional<PartId> Known = findPart(Hash))
    return *Known;
  PartId Id = idOfNew(NewParts.size());
  size_t Bytes = Index.size() + Bodies.size();
  NewParts.push_back({Hash, std::move(Index), std::move(Bodies), 0});
  PartOfHash.emplace(Hash, Id);
  added(Bytes);
  return Id;
}

llvm::Error Store::loadIndexes(llvm::ArrayRef<PartId> Parts,
                               llvm::function_ref<void(size_t, llvm::StringRef)> Each) {
  Statement &S = Sql.IndexesFrom;
  ResetAtEnd Reset(S);
  // The row on which S stands; ids in ascending order are read in one pass.
  int64_t At = 0;
  auto Read = [&](int64_t Row) -> llvm::Expected<llvm::StringRef> {
    bool Near = At != 0 && At <= Row && Row - At <= NearRows;
    if (!Near) {
      S.reset();
      S.bind(1, Row);
      At = 0;
    }
    while (At < Row) {
      llvm::Expected<bool> Next = S.step();
      if (!Next)
        return Next.takeError();
      if (!*Next) {
        At = 0;
        break;
      }
      At = S.number(2);
    }
    return partBytes(S, At == Row, Row, "index");
  };
  for (size_t I = 0; I < Parts.size(); ++I) {
    const Part *New = newPart(Parts[I]);
    if (New && !New->Row) {
      Each(I, New->Index);
      continue;
    }
    llvm::Expected<llvm::StringRef> Bytes = Read(New ? New->Row : Parts[I]);
    if (!Bytes)
      return partFailed(Bytes.takeError());
    Each(I, *Bytes);
  }
  return llvm::Error::success();
}

llvm::Expected<std::string> Store::loadBodies(PartId Id) {
  const Part *New = newPart(Id);
  if (New && !New->Row)
    return New->Bodies;
  ResetAtEnd Reset(Sql.Bodies);
  int64_t At = New ? New->Row : Id;
  llvm::Expected<bool> Row = Sql.Bodies.bind(1, At).step();
  if (!Row)
    return partFailed(Row.takeError());
  llvm::Expected<llvm::StringRef> Bytes = partBytes(Sql.Bodies, *Row, At, "bodies");
  if (!Bytes)
    return partFailed(Bytes.takeError());
  return Bytes->str();
}

llvm::Error Store::partFailed(llvm::Error E) {
  Trouble T = troubleOf(std::move(E));
  // Units whose parts cannot be read are of no use, whatever the cause.
  reportDamage(T.Message);
  return llvm::createStringError(T.Message);
}

std::optional<Store::Small> Store::small(bool IsPch, const Hash128 &Key) {
  const SmallMap &New = IsPch ? NewPchs : NewBlobs;
  if (auto Known = New.find(Key); Known != New.end()) {
    for (ContentId Id : Known->second.Deps)
      if (!Files.isCurrent(Id))
        return std::nullopt;
    return Known->second;
  }
  if (State == Mode::Closed || !mine())
    return std::nullopt;
  llvm::Expected<std::optional<Small>> Found = readSmall(IsPch, Key);
  if (Found)
    return std::move(*Found);
  readFailed(Found.takeError());
  return std::nullopt;
}

llvm::Expected<std::optional<Store::Small>> Store::readSmall(bool IsPch, const Hash128 &Key) {
  Statement &S = IsPch ? Sql.PchGet : Sql.BlobGet;
  ResetAtEnd Reset(S);
  llvm::Expected<bool> Row = S.bindBlob(1, bytesOf(Key)).step();
  if (!Row)
    return Row.takeError();
  if (!*Row || !depsAreCurrent(S.bytes(1)))
    return std::nullopt;
  Small Found;
  Found.Data = S.bytes(2).str();
  Found.File = S.bytes(4).str();
  if (sumOfAll({bytesOf(Key), S.bytes(1), Found.Data, Found.File}) != S.number(0))
    return damaged("a row has a wrong checksum");
  if (IsPch) {
    uint64_t Size = 0;
    if (llvm::sys::fs::file_size(pchFolder() + "/" + Found.File, Size) ||
        Size != static_cast<uint64_t>(S.number(5)))
      return std::nullopt;
  }
  if (Run - S.number(3) > DayInMilliseconds)
    Touched.push_back({Key, IsPch});
  return Found;
}

std::optional<std::string> Store::blob(const Hash128 &Key) {
  if (std::optional<Small> Found = small(false, Key))
    return std::move(Found->Data);
  return std::nullopt;
}

void Store::putBlob(const Hash128 &Key, llvm::ArrayRef<ContentId> Deps, std::string Data) {
  size_t Bytes = Data.size();
  NewBlobs[Key] = {Deps.vec(), std::move(Data), "", false};
  added(Bytes);
}

std::string Store::pchFolder() const {
  if (Folder.empty())
    return "";
  // Whoever writes there says why it cannot be done.
  if (State == Mode::Writing)
    (void)llvm::sys::fs::create_directories(Folder + "/pch");
  return Folder + "/pch";
}

std::optional<StoredPch> Store::pch(const Hash128 &Key) {
  if (std::optional<Small> Found = small(true, Key))
    return StoredPch{std::move(Found->File), std::move(Found->Data)};
  return std::nullopt;
}

void Store::putPch(const Hash128 &Key, llvm::ArrayRef<ContentId> Deps, StoredPch Pch) {
  NewPchs[Key] = {Deps.vec(), std::move(Pch.Meta), std::move(Pch.File), false};
  added(0);
}

} // namespace gfplint
