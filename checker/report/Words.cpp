// Escaping for URIs and XML.
#include "report/Words.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

namespace gfplint {

std::string fileUri(llvm::StringRef Path) {
  // RFC 3986's pchar and the slash; no colon, which would make a scheme of a relative reference's first part.
  constexpr llvm::StringLiteral Plain = "/-._~!$&'()*+,;=@";
  std::string Uri = Path.starts_with("/") ? "file://" : "";
  for (char C : Path) {
    if (llvm::isAlnum(C) || Plain.contains(C)) {
      Uri += C;
    } else {
      Uri += '%';
      Uri += llvm::hexdigit(static_cast<unsigned char>(C) >> 4);
      Uri += llvm::hexdigit(static_cast<unsigned char>(C) & 15);
    }
  }
  return Uri;
}

std::string xmlText(llvm::StringRef Text) {
  constexpr llvm::StringLiteral Unknown = "\xEF\xBF\xBD";
  std::string Good = llvm::json::fixUTF8(Text);
  std::string Out;
  for (llvm::StringRef Rest = Good; !Rest.empty(); Rest = Rest.drop_front()) {
    switch (char C = Rest.front()) {
    case '&':
      Out += "&amp;";
      break;
    case '<':
      Out += "&lt;";
      break;
    case '>':
      Out += "&gt;";
      break;
    case '"':
      Out += "&quot;";
      break;
    case '\'':
      Out += "&apos;";
      break;
    // In an attribute these would be read as spaces.
    case '\t':
    case '\n':
    case '\r':
      Out += "&#" + std::to_string(C) + ";";
      break;
    default:
      // U+FFFE and U+FFFF are no characters.
      if (Rest.starts_with("\xEF\xBF\xBE") || Rest.starts_with("\xEF\xBF\xBF")) {
        Out += Unknown;
        Rest = Rest.drop_front(2);
      } else if (static_cast<unsigned char>(C) < ' ') {
        Out += Unknown;
      } else {
        Out += C;
      }
    }
  }
  return Out;
}

} // namespace gfplint
