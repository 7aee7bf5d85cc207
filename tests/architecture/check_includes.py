#!/usr/bin/env python3
"""Checks that #includes of checker/ and rules/ point one way only (the order of the rooms in DESIGN)."""
import os
import re
import sys

# What each room may include besides itself.
BASE = {"compile_db", "gfp", "model", "ir"}
MAY_INCLUDE = {
    "files": set(),
    "gfp": set(),
    "ir": {"gfp"},
    "model": {"files", "gfp"},
    "compile_db": {"files", "gfp", "model"},
    "frontend": BASE,
    "lower": BASE | {"frontend"},
    "store": set(),
    "engine": BASE | {"frontend", "lower", "store"},
    "flow": {"ir", "gfp"},
    "program": {"flow", "model", "ir", "gfp"},
    "rules": {"program", "flow", "model", "gfp", "ir"},
    "report": {"rules", "program", "flow", "model", "gfp", "ir"},
    "change": {"files"},
    "triage": {"files", "rules", "report", "program", "flow", "model", "gfp", "ir"},
    "tidy": BASE | {"files", "frontend", "lower", "program", "rules", "report", "triage", "fix"},
    "fix": {"rules", "report", "program", "flow", "model", "gfp", "ir"},
    # The table of options is the command line's; nothing includes what is written from it.
    "manual": {"cli", "rules", "report", "model"},
}
SEES_CLANG = {"frontend", "lower", "compile_db", "fix", "tidy"}
# Values alone: nothing there may open a file, start a process or print.
PURE = {"gfp", "ir", "flow"}
INPUT_OUTPUT = re.compile(
    r"^(fstream|iostream|cstdio|stdio\.h|filesystem|unistd\.h|fcntl\.h|poll\.h|sys/.*|thread"
    r"|llvm/Support/(FileSystem|MemoryBuffer|Program|Process|Path|VirtualFileSystem|Threading)\.h)$"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)


def room_of(path):
    """The room of a file below the source root, or nothing."""
    parts = path.split(os.sep)
    if parts[0] == "rules":
        return "rules"
    return parts[1] if parts[0] == "checker" and len(parts) > 2 else None


def room_included(root, room, name):
    """The room that an #include of the project names, or nothing for one of elsewhere."""
    first, _, rest = name.partition("/")
    if rest and os.path.isdir(os.path.join(root, "checker", first)):
        return first
    if not rest and os.path.exists(os.path.join(root, "rules", name)) and room in ("rules", "cli", "report", "triage", "fix", "manual", "tidy"):
        return "rules"
    if rest and first == "rules":
        return "rules"
    return None


def problems_of(root, path):
    room = room_of(path)
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    for found in INCLUDE.finditer(text):
        _, name = found.groups()
        line = text.count("\n", 0, found.start(2)) + 1
        where = f"{path}:{line}: "
        if name.startswith("..") or "/../" in name:
            yield f"{where}'{name}': includes are written from checker/ on"
            continue
        other = room_included(root, room, name)
        if other and other != room and room != "cli" and other not in MAY_INCLUDE[room]:
            yield f"{where}{room}/ may not include {other}/ ('{name}')"
        if name.startswith(("clang/", "clang-c/")) and room not in SEES_CLANG:
            yield f"{where}{room}/ may not see Clang ('{name}')"
        if name.startswith("clang-tidy/") and room != "tidy":
            yield f"{where}{room}/ may not see clang-tidy ('{name}')"
        if room in PURE and INPUT_OUTPUT.match(name):
            yield f"{where}{room}/ holds pure values; '{name}' does input or output"


def check(root):
    """All problems of a source tree, and how many files were looked at."""
    problems, seen = [], 0
    for top in ("checker", "rules"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), root)
                if not name.endswith((".h", ".cpp")) or room_of(path) is None:
                    continue
                room = room_of(path)
                if room != "cli" and room not in MAY_INCLUDE:
                    problems.append(f"{path}: the room {room}/ has no place in the order; give it one here")
                    continue
                seen += 1
                problems += problems_of(root, path)
    return problems, seen


if __name__ == "__main__":
    FOUND, COUNT = check(sys.argv[1] if len(sys.argv) > 1 else ".")
    print("\n".join(FOUND + [f"{COUNT} files, {len(FOUND)} problems"]))
    sys.exit(1 if FOUND or COUNT == 0 else 0)
