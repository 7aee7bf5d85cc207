// Scanned in waves: the main files, what they include, what that includes, ...
#include "engine/SourceTree.h"

#include "engine/IncludeSearch.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"

#include <atomic>
#include <deque>

namespace gfplint {

SourceTree::FileNumber SourceTree::number(llvm::StringRef Path) {
  auto [It, New] = Numbers.try_emplace(Path, static_cast<FileNumber>(Files.size()));
  if (New) {
    Files.emplace_back();
    Files.back().Path = Path.str();
    Files.back().IsHeader = Path.ends_with(".h");
  }
  return It->second;
}

void SourceTree::scan(size_t From, unsigned Threads) {
  std::atomic<size_t> Next = From;
  auto Work = [&] {
    for (size_t I = Next++; I < Files.size(); I = Next++) {
      auto Buffer = llvm::MemoryBuffer::getFile(Files[I].Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
      if (Buffer)
        Files[I].Text = scanText((*Buffer)->getBuffer(), Files[I].IsHeader);
    }
  };
  llvm::DefaultThreadPool Pool(llvm::hardware_concurrency(Threads));
  for (unsigned I = 0; I < Pool.getMaxConcurrency(); ++I)
    Pool.async(Work);
  Pool.wait();
}

SourceTree::SourceTree(llvm::ArrayRef<Entry> Entries, unsigned Threads) {
  IncludeSearch Search(Entries);
  for (uint32_t I = 0; I < Entries.size(); ++I)
    Files[number(Entries[I].File)].Entries.push_back(I);
  for (uint32_t I = 0; I < Entries.size(); ++I) {
    FileNumber Main = Numbers.lookup(Entries[I].File);
    for (const std::string &Path : IncludeSearch::forced(Entries[I])) {
      FileNumber To = number(Path);
      if (llvm::none_of(Files[Main].Includes, [&](const File::Edge &E) { return E.To == To; }))
        Files[Main].Includes.push_back({To, true});
    }
  }
  for (size_t Begin = 0; Begin < Files.size();) {
    size_t End = Files.size();
    scan(Begin, Threads);
    for (; Begin < End; ++Begin) {
      std::vector<TextInclude> Lines = std::move(Files[Begin].Text.Includes);
      std::string Folder = llvm::sys::path::parent_path(Files[Begin].Path).str();
      std::vector<File::Edge> Edges = std::move(Files[Begin].Includes);
      for (const TextInclude &I : Lines) {
        IncludeSearch::Found Found = Search.find(I.Name, I.Quoted, Folder);
        for (const std::string &Path : Found.Paths)
          Edges.push_back({number(Path), Found.Sure && I.Always});
      }
      Files[Begin].Includes = std::move(Edges);
    }
  }
  for (FileNumber I = 0; I < Files.size(); ++I)
    for (const File::Edge &E : Files[I].Includes)
      Files[E.To].IncludedBy.push_back({I, E.Sure});
}

llvm::BitVector SourceTree::including(llvm::ArrayRef<FileNumber> From) const {
  llvm::BitVector Seen(Files.size());
  std::vector<FileNumber> Work(From.begin(), From.end());
  for (FileNumber F : From)
    Seen.set(F);
  while (!Work.empty()) {
    FileNumber F = Work.back();
    Work.pop_back();
    for (const File::Edge &E : Files[F].IncludedBy)
      if (!Seen.test(E.To)) {
        Seen.set(E.To);
        Work.push_back(E.To);
      }
  }
  return Seen;
}

std::vector<SourceTree::FileNumber> SourceTree::includers(FileNumber From, bool Sure,
                                                          llvm::function_ref<bool(const File &)> Stop) const {
  llvm::BitVector Seen(Files.size());
  std::vector<FileNumber> Order = {From};
  Seen.set(From);
  for (size_t I = 0; I < Order.size(); ++I) {
    if (Stop(Files[Order[I]])) {
      Order.resize(I + 1);
      break;
    }
    for (const File::Edge &E : Files[Order[I]].IncludedBy)
      if ((E.Sure || !Sure) && !Seen.test(E.To)) {
        Seen.set(E.To);
        Order.push_back(E.To);
      }
  }
  return Order;
}

} // namespace gfplint
