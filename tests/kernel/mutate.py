"""What the tests with broken copies of kernel files share: finding functions in the text, and analysing copies
beside the files that they were made from."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build/kernel"))
TOOL = os.path.join(ROOT, "build/bin/gfplint")
# A function as kernel code is laid out: a head at the margin, and braces at the margin around the body.
FUNCTION = re.compile(r"^(?P<head>[A-Za-z_][^\n;{}#]*(?:\n[ \t][^\n;{}#]*)*?)\n\{\n(?P<body>.*?)^\}", re.M | re.S)

ATTRIBUTES = {"__printf", "__acquires", "__releases", "__must_hold", "__attribute__", "__section", "__alloc_size"}


def blank(text):
    """The text with comments and strings blanked, at the same offsets."""
    pattern = r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\""
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


def name_of(head):
    names = re.findall(r"([A-Za-z_]\w*)\s*\(", head)
    return next((name for name in names if name not in ATTRIBUTES), None)


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def source_of(version):
    return os.path.realpath(os.path.join(KERNEL, version, "source"))


def entries_of(version):
    """{path: entry} of the C files of the tree."""
    source = source_of(version)
    with open(os.path.join(KERNEL, version, "compile_commands.json")) as file:
        entries = {os.path.normpath(os.path.join(e["directory"], e["file"])): e for e in json.load(file)}
    return {p: e for p, e in entries.items() if p.startswith(source + "/") and p.endswith(".c")}


def run(*words):
    result = subprocess.run([TOOL, *words], capture_output=True, text=True)
    if not result.stdout:
        sys.exit("FAILED: " + result.stderr[-2000:])
    return result.stdout


def analyse(folder, commands, rules):
    """(what check says, {(file, function)} of all that was compiled)."""
    database = os.path.join(folder, "compile_commands.json")
    with open(database, "w") as file:
        json.dump(commands, file)
    cache = "--cache-dir=" + os.path.join(folder, "cache")
    report = run("check", "-p", database, "--rules=" + rules, "--all-units", "--format=json", "--progress=never",
                 cache)
    ir = run("dump-ir", "-p", database, cache)
    compiled = {(m[2], m[1].rsplit(":", 1)[-1]) for m in re.finditer(r"^function (\S+) (\S+):\d+$", ir, re.M)}
    return json.loads(report), compiled


def command_for(entry, name):
    """The command of the entry for a copy of its file."""
    here = os.path.dirname(os.path.join(entry["directory"], entry["file"]))
    command = entry["command"].replace(entry["file"], name)
    return {"directory": entry["directory"], "file": name,
            "command": command.replace(" ", " -iquote %s -I%s " % (here, here), 1)}
