"""clang-tidy with gfplint's module, and what it shows beside what gfplint shows: for tests."""
import os
import re
import subprocess

DIAGNOSTIC = re.compile(r"^(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<level>\w+): (?P<text>.*)$")
# clang-tidy has no errors but the compiler's, and its notes belong to something.
LEVELS = {"error": "warning", "warning": "warning", "note": "remark"}


class Tidy:
    """The clang-tidy of the LLVM that a gfplint was built with."""

    def __init__(self, gfplint):
        self.module = os.path.join(os.path.dirname(os.path.dirname(gfplint)), "lib", "libgfplint-tidy.so")
        linked = subprocess.run(["ldd", self.module], capture_output=True, text=True, check=True).stdout
        self.program = "clang-tidy-" + re.search(r"libclang-cpp\.so\.(\d+)", linked).group(1)

    def command(self, *words):
        """clang-tidy with the module's checks and no others."""
        return [self.program, f"-load={self.module}", "-checks=-*,gfplint-*", *words]


def parse(text, folder, root, tidy=False):
    """The findings of either's text: [(file, line, column, level, text, notes)], notes as (file, line, column,
    text). File names in it are relative to `folder`, those of the result to `root`; `tidy`: it is clang-tidy's."""
    found = []
    for line in text.splitlines():
        part = DIAGNOSTIC.match(line)
        if part is None:
            continue
        file = os.path.relpath(os.path.join(folder, part["file"]), root)
        place = (file, int(part["line"]), int(part["column"]))
        if part["level"] == "note" and not part["text"].endswith("]"):
            found[-1][-1].append((*place, part["text"]))
        else:
            level = part["level"] if tidy else LEVELS[part["level"]]
            found.append((*place, level, part["text"].replace("[gfplint-", "["), []))
    return sorted(found)
