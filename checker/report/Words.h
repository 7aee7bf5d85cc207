// Paths and texts as the forms of a report write them.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace gfplint {

/// A file's name as a URI (RFC 3986): `file:///...` for an absolute path, else a relative reference. Bytes
/// that a path may not hold are percent-encoded, as they are on disk.
std::string fileUri(llvm::StringRef Path);

/// Text for XML 1.0, in an element or an attribute. What XML has no way to write (most control characters,
/// bytes that are no UTF-8) becomes U+FFFD.
std::string xmlText(llvm::StringRef Text);

} // namespace gfplint
