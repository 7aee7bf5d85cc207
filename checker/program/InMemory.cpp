// Parts by hash, and their bodies by part.
#include "program/InMemory.h"

#include <set>

namespace gfplint {

llvm::Expected<LinkInput> linkInput(std::vector<EncodedPart> Parts, FileTable &Files) {
  struct Kept {
    std::string Bytes;
    BodyTable Table;
  };
  LinkInput Input;
  auto Bodies = std::make_shared<std::vector<Kept>>();
  std::set<std::array<uint8_t, 16>> Seen;
  for (EncodedPart &P : Parts) {
    if (!Seen.insert(P.Hash).second)
      continue;
    llvm::Expected<PartIndex> Index = decodeIndex(P.Index, Files);
    if (!Index)
      return Index.takeError();
    Bodies->push_back({std::move(P.Bodies), std::move(Index->Bodies)});
    Input.Parts.push_back(std::move(*Index));
  }
  Input.Load = [Bodies](uint32_t Part, uint32_t InPart) {
    const Kept &From = (*Bodies)[Part];
    BodyTable::Range R = From.Table.Ranges[InPart];
    return decodeBody(llvm::StringRef(From.Bytes).substr(R.Offset, R.Size), From.Table);
  };
  return Input;
}

} // namespace gfplint
