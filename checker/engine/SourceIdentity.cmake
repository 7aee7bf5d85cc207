# Writes OUTPUT, a C++ file with a hash over the sources named in LIST (one a line): of all the code that a
# unit's IR goes through. What reads the IR (program/, rules/, report/) is not among them, so a change of a
# rule finds the units where they were.
file(STRINGS ${LIST} Sources)
set(All "")
foreach(Source IN LISTS Sources)
  file(SHA256 ${Source} Hash)
  string(APPEND All "${Hash}\n")
endforeach()
string(SHA256 Identity "${BUILD}\n${All}")
file(WRITE ${OUTPUT} "// Generated.\n#include \"engine/Identity.h\"\n\nnamespace gfplint {\nconst char *const SourceIdentity = \"${Identity}\";\n} // namespace gfplint\n")
