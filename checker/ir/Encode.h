// IR as bytes, for crossing from a worker process and for keeping on disk.
//
// MessagePack through LLVM's writer and reader. File numbers are local to the bytes: decoding maps
// them onto the reader's own table.
#pragma once

#include "ir/Ir.h"

#include "llvm/Support/Error.h"

namespace gfplint {

/// Changes whenever the layout of Ir.h does; bytes of another version are refused.
inline constexpr unsigned IrVersion = 1;

std::string encode(const Unit &U, const FileTable &Files);

/// One function alone, for example to compare or to hash it.
std::string encode(const Function &F, const FileTable &Files);

/// Damaged or foreign bytes are an error, never a crash.
llvm::Expected<Unit> decode(llvm::StringRef Bytes, FileTable &Files);

} // namespace gfplint
