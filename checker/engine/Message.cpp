// MessagePack with LLVM's writer and reader.
#include "engine/Message.h"

#include "llvm/BinaryFormat/MsgPackReader.h"
#include "llvm/BinaryFormat/MsgPackWriter.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

namespace gfplint {
namespace {

using llvm::msgpack::Type;

llvm::StringRef bytes(const PartHash &Hash) {
  return {reinterpret_cast<const char *>(Hash.data()), Hash.size()};
}

/// Reads one object after another; after the first that does not fit, everything is empty.
class Input {
public:
  explicit Input(llvm::StringRef Bytes) : In(Bytes), Limit(Bytes.size()) {}

  llvm::StringRef string() { return next(Type::String) ? Object.Raw : llvm::StringRef(); }
  bool boolean() { return next(Type::Boolean) && Object.Bool; }
  uint64_t number() {
    if (!read())
      return 0;
    if (Object.Kind == Type::UInt)
      return Object.UInt;
    if (Object.Kind == Type::Int && Object.Int >= 0)
      return static_cast<uint64_t>(Object.Int);
    Failed = true;
    return 0;
  }
  /// Elements that follow; each takes at least a byte.
  size_t array() {
    size_t Size = next(Type::Array) ? Object.Length : 0;
    Failed |= Size > Limit;
    return Failed ? 0 : Size;
  }
  PartHash hash() {
    PartHash Hash{};
    llvm::StringRef Raw = string();
    if (Raw.size() == Hash.size())
      std::memcpy(Hash.data(), Raw.data(), Hash.size());
    else
      Failed = true;
    return Hash;
  }
  bool failed() const { return Failed; }

private:
  bool read() {
    if (Failed)
      return false;
    llvm::Expected<bool> More = In.read(Object);
    if (!More)
      llvm::consumeError(More.takeError());
    else if (*More)
      return true;
    Failed = true;
    return false;
  }
  bool next(Type Kind) {
    Failed |= !read() || Object.Kind != Kind;
    return !Failed;
  }

  llvm::msgpack::Reader In;
  llvm::msgpack::Object Object;
  size_t Limit;
  bool Failed = false;
};

} // namespace

std::string pack(const JobMessage &M) {
  std::string Bytes;
  llvm::raw_string_ostream Stream(Bytes);
  llvm::msgpack::Writer Out(Stream);
  Out.write(llvm::StringRef(M.Error));
  Out.write(M.FileMissing);
  Out.writeArraySize(static_cast<uint32_t>(M.Deps.size()));
  for (PathHash H : M.Deps)
    Out.write(H);
  Out.writeArraySize(static_cast<uint32_t>(M.NewPaths.size()));
  for (const std::string &Path : M.NewPaths)
    Out.write(llvm::StringRef(Path));
  Out.writeArraySize(static_cast<uint32_t>(M.Parts.size()));
  for (const PartHash &H : M.Parts)
    Out.write(bytes(H));
  Out.writeArraySize(static_cast<uint32_t>(M.NewParts.size()));
  for (const SentPart &P : M.NewParts) {
    Out.write(bytes(P.Hash));
    Out.write(llvm::StringRef(P.Index));
    Out.write(llvm::StringRef(P.Bodies));
  }
  Out.write(static_cast<uint64_t>(M.Milliseconds));
  Out.write(llvm::StringRef(M.Objection));
  Out.write(M.Shared);
  return Bytes;
}

llvm::Expected<JobMessage> unpackMessage(llvm::StringRef Bytes) {
  Input In(Bytes);
  JobMessage M;
  M.Error = In.string().str();
  M.FileMissing = In.boolean();
  for (size_t I = 0, N = In.array(); I < N && !In.failed(); ++I)
    M.Deps.push_back(In.number());
  for (size_t I = 0, N = In.array(); I < N && !In.failed(); ++I)
    M.NewPaths.push_back(In.string().str());
  for (size_t I = 0, N = In.array(); I < N && !In.failed(); ++I)
    M.Parts.push_back(In.hash());
  for (size_t I = 0, N = In.array(); I < N && !In.failed(); ++I) {
    SentPart P;
    P.Hash = In.hash();
    P.Index = In.string().str();
    P.Bodies = In.string().str();
    M.NewParts.push_back(std::move(P));
  }
  M.Milliseconds = static_cast<uint32_t>(In.number());
  M.Objection = In.string().str();
  M.Shared = In.boolean();
  if (In.failed())
    return llvm::createStringError("a worker's answer is damaged");
  return M;
}

} // namespace gfplint
