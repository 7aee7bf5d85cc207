// Bodies and whole parts, read back from the store when somebody asks for them.
#include "engine/Analyse.h"
#include "ir/Encode.h"
#include "store/Compress.h"

#include <algorithm>

namespace gfplint {

llvm::Expected<std::shared_ptr<const std::string>> BodyReader::bodies(uint32_t Part) {
  std::unique_lock Alone(Access);
  auto It = std::find_if(Recent.begin(), Recent.end(), [&](const auto &R) { return R.first == Part; });
  if (It != Recent.end())
    return It->second;
  llvm::Expected<std::string> Packed = Kept.loadBodies(Ids[Part]);
  if (!Packed)
    return Packed.takeError();
  Alone.unlock();
  llvm::Expected<std::string> Raw = uncompress(*Packed);
  if (!Raw)
    return Raw.takeError();
  auto Bodies = std::make_shared<const std::string>(std::move(*Raw));
  Alone.lock();
  if (Recent.size() >= KeptParts)
    Recent.pop_front();
  Recent.emplace_back(Part, Bodies);
  return Bodies;
}

llvm::Expected<Function> BodyReader::load(uint32_t Part, uint32_t Function) {
  llvm::Expected<std::shared_ptr<const std::string>> Bodies = bodies(Part);
  if (!Bodies)
    return Bodies.takeError();
  const BodyTable::Range &Range = Tables[Part].Ranges[Function];
  if (uint64_t(Range.Offset) + Range.Size > (*Bodies)->size())
    return llvm::createStringError("a function's body lies outside its part");
  return decodeBody(llvm::StringRef(**Bodies).substr(Range.Offset, Range.Size), Tables[Part]);
}

llvm::Expected<Part> loadPart(Store &Kept, PartId Id, FileTable &Files) {
  std::string Index;
  if (llvm::Error Failed = Kept.loadIndexes(Id, [&](size_t, llvm::StringRef Bytes) { Index = Bytes.str(); }))
    return Failed;
  llvm::Expected<std::string> Bodies = Kept.loadBodies(Id);
  if (!Bodies)
    return Bodies.takeError();
  EncodedPart E;
  for (auto [To, From] : {std::pair(&E.Index, &Index), std::pair(&E.Bodies, &*Bodies)}) {
    llvm::Expected<std::string> Raw = uncompress(*From);
    if (!Raw)
      return Raw.takeError();
    *To = std::move(*Raw);
  }
  return decode(E, Files);
}

} // namespace gfplint
