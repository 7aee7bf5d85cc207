// Opening and closing a store, and setting aside what is none.
#include "store/Schema.h"
#include "store/Store.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gfplint {
namespace {

/// Builds compile in parallel, and each compile's analysis writes.
constexpr int BusyMilliseconds = 60000;

uint64_t inodeOf(const std::string &Path) {
  struct stat S{};
  return stat(Path.c_str(), &S) == 0 ? S.st_ino : 0;
}

int64_t sizeOf(const std::string &Path) {
  struct stat S{};
  return stat(Path.c_str(), &S) == 0 ? S.st_size : -1;
}

/// A path inside a file: URI.
std::string escaped(llvm::StringRef Path) {
  std::string Out;
  for (char C : Path) {
    if (C == '%' || C == '?' || C == '#')
      Out += C == '%' ? "%25" : C == '?' ? "%3f" : "%23";
    else
      Out += C;
  }
  return Out;
}

llvm::Error foreign(const std::string &Why) { return llvm::make_error<SqliteError>(SQLITE_NOTADB, Why); }

bool isBusy(const Trouble &T) { return llvm::StringRef(T.Message).contains("locked"); }

/// Whether the file may be written at all. One that another process writes right now may.
llvm::Error tryToWrite(Connection &Db) {
  Db.busyTimeout(0);
  llvm::Error E = Db.run("BEGIN IMMEDIATE; ROLLBACK");
  Db.busyTimeout(BusyMilliseconds);
  if (!E)
    return E;
  Trouble T = troubleOf(std::move(E));
  if (isBusy(T))
    return llvm::Error::success();
  return llvm::make_error<SqliteError>(T.Damage ? SQLITE_CORRUPT : SQLITE_CANTOPEN, T.Message);
}

/// Several processes that turn a new file to a log at once are told "busy" without a wait.
llvm::Error useLog(Connection &Db) {
  for (int Waited = 0;; Waited += 20) {
    llvm::Error E = Db.run("PRAGMA journal_mode=WAL");
    if (!E || Waited > BusyMilliseconds)
      return E;
    Trouble T = troubleOf(std::move(E));
    if (!isBusy(T))
      return llvm::make_error<SqliteError>(T.Damage ? SQLITE_CORRUPT : SQLITE_CANTOPEN, T.Message);
    usleep(20000);
  }
}

} // namespace

Store::Store(std::vector<std::string> &Remarks, ReadFiles When)
    : Remarks(Remarks), Owner(getpid()), When(When), Run(nowInNanoseconds() / 1000000),
      Files(nowInNanoseconds()) {}

bool Store::mine() const { return getpid() == Owner; }

Store::~Store() {
  if (mine())
    flush();
  else
    Db.abandon();
}

void Store::close() {
  Sql = Statements();
  Db = Connection();
}

void Store::remark(llvm::StringRef Text) {
  Remarks.push_back((Folder.empty() ? Text : Folder + ": " + Text).str());
}

llvm::Error Store::prepareAll() {
  std::pair<Statement *, const char *> All[] = {
      {&Sql.Begin, "BEGIN IMMEDIATE"},
      {&Sql.Commit, "COMMIT"},
      {&Sql.Rollback, "ROLLBACK"},
      {&Sql.ContentInsert, "INSERT OR IGNORE INTO content(path, hash) VALUES(?, ?)"},
      {&Sql.ContentFind, "SELECT id FROM content WHERE path = ? AND hash = ?"},
      {&Sql.ContentById, "SELECT path, hash FROM content WHERE id = ?"},
      {&Sql.ContentsOf, "SELECT id, hash FROM content WHERE path = ?"},
      {&Sql.StampOf, "SELECT size, mtime_ns, ctime_ns, hash FROM stat WHERE path = ?"},
      {&Sql.StampPut, "INSERT OR REPLACE INTO stat VALUES(?, ?, ?, ?, ?)"},
      {&Sql.PartInsert, "INSERT OR IGNORE INTO part(hash, sum, idx) VALUES(?, ?, ?)"},
      {&Sql.PartFind, "SELECT id FROM part WHERE hash = ?"},
      {&Sql.BodyInsert, "INSERT OR IGNORE INTO body VALUES(?, ?, ?)"},
      {&Sql.IndexesFrom, "SELECT sum, idx, id FROM part WHERE id >= ? ORDER BY id"},
      {&Sql.Bodies, "SELECT sum, bodies FROM body WHERE part = ?"},
      {&Sql.UnitSame, "DELETE FROM unit WHERE key = ? AND deps = ?"},
      {&Sql.UnitInsert, "INSERT INTO unit(key, milliseconds, sum, deps_sum, file, error, parts, deps) "
                        "VALUES(?, ?, ?, ?, ?, ?, ?, ?)"},
      {&Sql.UsedInsert, "INSERT OR REPLACE INTO used VALUES(?, ?)"},
      {&Sql.UnitTrim, "DELETE FROM unit WHERE key = ?1 AND id NOT IN (SELECT u.id FROM unit u LEFT JOIN "
                      "used ON used.unit = u.id WHERE u.key = ?1 ORDER BY used.run DESC, u.id DESC LIMIT 3)"},
      {&Sql.UnitsByKey, "SELECT id, key, milliseconds, sum, deps_sum, error, parts, deps FROM unit "
                        "WHERE key = ? ORDER BY id DESC"},
      {&Sql.CostByKey, "SELECT milliseconds FROM unit WHERE key = ? ORDER BY id DESC LIMIT 1"},
      {&Sql.UsedUpdate, "UPDATE used SET run = ? WHERE unit = ?"},
      {&Sql.BlobGet, "SELECT sum, deps, data, run, '', 0 FROM blob WHERE key = ?"},
      {&Sql.BlobPut, "INSERT OR REPLACE INTO blob(key, run, sum, deps, data) VALUES(?, ?, ?, ?, ?)"},
      {&Sql.BlobTouch, "UPDATE blob SET run = ? WHERE key = ?"},
      {&Sql.PchGet, "SELECT sum, deps, meta, run, file, bytes FROM pch WHERE key = ?"},
      {&Sql.PchPut,
       "INSERT OR REPLACE INTO pch(key, run, sum, deps, meta, file, bytes) VALUES(?, ?, ?, ?, ?, ?, ?)"},
      {&Sql.PchTouch, "UPDATE pch SET run = ? WHERE key = ?"},
  };
  for (auto &[Target, Text] : All) {
    llvm::Expected<Statement> S = Db.prepare(Text);
    if (!S)
      return S.takeError();
    *Target = std::move(*S);
  }
  return llvm::Error::success();
}

/// Columns of `S`: the content's id and its hash.
void Store::takeContent(llvm::StringRef Path, const Statement &S, int Column) {
  Hash128 Hash{};
  llvm::StringRef Bytes = S.bytes(Column + 1);
  bool Absent = Bytes.empty();
  if (!Absent && Bytes.size() != Hash.size())
    return;
  std::copy(Bytes.begin(), Bytes.end(), Hash.begin());
  noteRow(Files.addKnown(Path, Absent ? nullptr : &Hash, S.number(Column)), S.number(Column));
}

/// Columns of `S`: size, times and hash.
void Store::takeStamp(llvm::StringRef Path, const Statement &S, int Column) {
  Hash128 Hash{};
  llvm::StringRef Bytes = S.bytes(Column + 3);
  if (Bytes.size() != Hash.size())
    return;
  std::copy(Bytes.begin(), Bytes.end(), Hash.begin());
  Files.addStamp(Path, {S.number(Column), S.number(Column + 1), S.number(Column + 2)}, Hash);
}

llvm::Error Store::load() {
  if (When == ReadFiles::AsAsked) {
    Files.askFirst([this](llvm::StringRef Path) { loadOf(Path); });
    return llvm::Error::success();
  }
  llvm::Expected<Statement> S = Db.prepare("SELECT path, id, hash FROM content");
  if (!S)
    return S.takeError();
  if (llvm::Error E = S->eachRow([&] { takeContent(S->bytes(0), *S, 1); }))
    return E;
  S = Db.prepare("SELECT path, size, mtime_ns, ctime_ns, hash FROM stat");
  if (!S)
    return S.takeError();
  return S->eachRow([&] { takeStamp(S->bytes(0), *S, 1); });
}

/// What load() would have found of one file.
void Store::loadOf(llvm::StringRef Path) {
  if (State == Mode::Closed || !mine())
    return;
  llvm::Error E = Sql.ContentsOf.bindText(1, Path).eachRow([&] { takeContent(Path, Sql.ContentsOf, 0); });
  if (!E)
    E = Sql.StampOf.bindText(1, Path).eachRow([&] { takeStamp(Path, Sql.StampOf, 0); });
  if (E)
    readFailed(std::move(E));
}

llvm::Error Store::openFile() {
  // SQLite takes a file of one byte for an empty one.
  if (sizeOf(fileName()) == 1)
    return foreign("it is no database");
  llvm::Expected<Connection> C = Connection::open(fileName(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!C)
    return C.takeError();
  Db = std::move(*C);
  Db.busyTimeout(BusyMilliseconds);
  // Until it is known to be ours, closing must not write to it.
  Db.leaveLogAtClose(true);
  std::string Why;
  llvm::Expected<Kind> K = kindOf(Db, Why);
  if (!K)
    return K.takeError();
  if (*K == Kind::Foreign)
    return foreign(Why);
  Db.leaveLogAtClose(false);
  if (*K == Kind::Empty) {
    // Bodies of some kilobytes fill such pages better than the usual ones.
    if (llvm::Error E = Db.run("PRAGMA page_size=16384"))
      return E;
    if (llvm::Error E = createTables(Db))
      return E;
  }
  if (llvm::Error E = useLog(Db))
    return E;
  if (llvm::Error E = Db.run("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;"
                             "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY"))
    return E;
  if (llvm::Error E = tryToWrite(Db))
    return E;
  if (llvm::Error E = prepareAll())
    return E;
  Inode = inodeOf(fileName());
  return load();
}

llvm::Error Store::openReadOnly() {
  if (sizeOf(fileName()) <= 0)
    return llvm::createStringError("there is nothing to read either");
  auto Try = [&](const std::string &Name, int Flags) -> llvm::Error {
    close();
    llvm::Expected<Connection> C = Connection::open(Name, Flags | SQLITE_OPEN_READONLY);
    if (!C)
      return C.takeError();
    Db = std::move(*C);
    Db.busyTimeout(BusyMilliseconds);
    std::string Why;
    llvm::Expected<Kind> K = kindOf(Db, Why);
    if (!K)
      return K.takeError();
    if (*K != Kind::Ours)
      return foreign(*K == Kind::Empty ? "it is empty" : Why);
    if (llvm::Error E = prepareAll())
      return E;
    return load();
  };
  State = Mode::Reading;
  llvm::Error E = Try(fileName(), 0);
  // Without its log a file is whole, and then nothing beside it is needed to read it.
  if (!E || sizeOf(fileName() + "-wal") > 0)
    return E;
  llvm::consumeError(std::move(E));
  return Try("file:" + escaped(fileName()) + "?immutable=1", SQLITE_OPEN_URI);
}

std::string Store::setAside() {
  for (int N = 1;; ++N) {
    std::string Name = fileName() + ".aside-" + std::to_string(N);
    if (llvm::sys::fs::exists(Name))
      continue;
    if (rename(fileName().c_str(), Name.c_str()) != 0)
      return "";
    for (const char *Beside : {"-wal", "-shm", "-journal"})
      (void)rename((fileName() + Beside).c_str(), (Name + Beside).c_str());
    return "store.sqlite.aside-" + std::to_string(N);
  }
}

llvm::Expected<std::unique_ptr<Store>> Store::inMemory(std::vector<std::string> &Remarks) {
  std::unique_ptr<Store> S(new Store(Remarks));
  llvm::Expected<Connection> C = Connection::open(":memory:", SQLITE_OPEN_READWRITE);
  if (!C)
    return C.takeError();
  S->Db = std::move(*C);
  if (llvm::Error E = createTables(S->Db))
    return std::move(E);
  if (llvm::Error E = S->prepareAll())
    return std::move(E);
  return S;
}

llvm::Expected<std::unique_ptr<Store>> Store::open(llvm::StringRef Folder, std::vector<std::string> &Remarks,
                                                   ReadFiles When) {
  llvm::SmallString<256> Absolute(Folder);
  std::error_code Problem = llvm::sys::fs::make_absolute(Absolute);
  if (!Problem)
    Problem = llvm::sys::fs::create_directories(Absolute);
  std::string Why;
  if (Problem) {
    Remarks.push_back(
        (Absolute + ": cannot make the folder (" + Problem.message() + "); nothing is kept").str());
    return inMemory(Remarks);
  }
  FolderLock Lock(Absolute.str().str());
  if (!Lock.beginOpening() || !Lock.use()) {
    Remarks.push_back((Absolute + ": another process keeps the store locked; nothing is kept").str());
    return inMemory(Remarks);
  }
  auto Done = llvm::make_scope_exit([&] { Lock.endOpening(); });
  for (int Try = 0; Try < 2; ++Try) {
    std::unique_ptr<Store> S(new Store(Remarks, When));
    S->Folder = Absolute.str();
    llvm::Error E = S->openFile();
    if (!E) {
      Done.release();
      Lock.endOpening();
      S->Lock = std::move(Lock);
      return S;
    }
    Trouble T = troubleOf(std::move(E));
    Why = T.Message;
    S->close();
    S->State = Mode::Closed;
    if (!T.Damage)
      break;
    std::string Aside = S->setAside();
    if (Aside.empty())
      break;
    S->remark((llvm::Twine("store.sqlite cannot be used (") + Why + "); it is kept as " + Aside +
               ", a new one is begun")
                  .str());
  }
  std::unique_ptr<Store> S(new Store(Remarks, When));
  S->Folder = Absolute.str();
  if (llvm::Error E = S->openReadOnly()) {
    S->remark("the store can neither be written (" + Why + ") nor read (" + llvm::toString(std::move(E)) +
              "); nothing is kept");
    S->close();
    S->State = Mode::Closed;
    return inMemory(Remarks);
  }
  S->remark("the store cannot be written (" + Why + "); what is there is used, nothing new is kept");
  Done.release();
  Lock.endOpening();
  S->Lock = std::move(Lock);
  return S;
}

void Store::reportDamage(llvm::StringRef What) {
  if (State == Mode::Closed || !mine())
    return;
  State = Mode::Closed;
  NewUnits.clear();
  if (Folder.empty())
    return remark(("the store in memory is damaged (" + What + ")").str());
  std::string Aside;
  if (Lock.beginOpening()) {
    // Another process may have done so already.
    if (inodeOf(fileName()) == Inode)
      Aside = setAside();
    Lock.endOpening();
  }
  remark(("store.sqlite is damaged (" + What + "); " +
          (Aside.empty() ? "it is not used" : "it is kept as " + Aside) + ", and this run keeps nothing")
             .str());
}

void Store::readFailed(llvm::Error E) {
  Trouble T = troubleOf(std::move(E));
  if (T.Damage)
    return reportDamage(T.Message);
  if (!SaidReadTrouble)
    remark("cannot read the store (" + T.Message + "); files are analysed again");
  SaidReadTrouble = true;
}

void Store::stopWriting(llvm::StringRef Why) {
  State = Mode::Reading;
  NewUnits.clear();
  remark(("the store cannot be written (" + Why + "); nothing more of this run is kept").str());
}

} // namespace gfplint
