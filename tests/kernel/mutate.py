"""What the tests with broken copies of kernel files share: finding functions in the text, and analysing copies
beside the files that they were made from."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

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


class Judge:
    """Which mutants a rule finds. A mutant has `way` (what was done), `keeps` (whether it must stay silent),
    `function` (which was changed) and `holder` (where the rule is to report)."""

    def __init__(self, version, rule):
        self.source, self.entries, self.rule = source_of(version), entries_of(version), rule
        self.totals, self.wrong, self.left_out = collections.Counter(), [], set()

    def analyse(self, work):
        """Of `work`, [(path, mutants, text of the copy)], the copies together with the files themselves."""
        with tempfile.TemporaryDirectory() as folder:
            commands = [self.entries[path] for path in sorted({path for path, _, _ in work})]
            names = [os.path.join(folder, "mutant%d.c" % number) for number in range(len(work))]
            for name, (path, _, copy) in zip(names, work):
                write(name, copy)
                commands.append(command_for(self.entries[path], name))
            report, compiled = analyse(folder, commands, self.rule)
        failed = {f["file"]: f["error"] for f in report["failures"]}
        found = collections.defaultdict(list)
        for finding in report["findings"]:
            place = finding["file"] if os.path.isabs(finding["file"]) else os.path.join(self.source, finding["file"])
            found[place, finding["function"]].append(finding["message"])
        for name, (path, mutants, _) in zip(names, work):
            place = os.path.relpath(path, self.source)
            if name in failed:
                self.totals["not compiled"] += len(mutants)
                self.wrong.append("%s: a copy does not compile: %s" % (place, failed[name]))
                continue
            for mutant in mutants:
                if {(place, mutant.function), (place, mutant.holder)} - compiled or found[path, mutant.holder]:
                    self.left_out.add("%s: %s" % (place, mutant.holder))
                else:
                    self.count(place, mutant, found[name, mutant.holder])

    def count(self, place, mutant, new):
        good = bool(new) != mutant.keeps
        self.totals[mutant.way, good] += 1
        self.totals["kept" if mutant.keeps else "broken", good] += 1
        if not good:
            self.wrong.append("%s: %s: %s: %s" % (place, mutant.holder, mutant.way, new[0] if new else "not found"))

    def finish(self, wanted, named):
        """Prints what came of it; ends in failure where less than `wanted` of the broken ones were found, one that is
        right was reported, or more than 2 % of the copies do not compile."""
        for way in sorted({key[0] for key in self.totals if isinstance(key, tuple)} - {"kept", "broken"}):
            print("%-26s %5d right %4d wrong" % (way, self.totals[way, True], self.totals[way, False]))
        print("not compiled: %d; functions left out: %s"
              % (self.totals["not compiled"], ", ".join(sorted(self.left_out)) or "none"))
        if named:
            print("\n".join(self.wrong))
        broken = self.totals["broken", True] + self.totals["broken", False]
        print("found: %d of %d; silent: %d of %d" % (self.totals["broken", True], broken, self.totals["kept", True],
                                                     self.totals["kept", True] + self.totals["kept", False]))
        if broken == 0 or self.totals["broken", True] < wanted * broken:
            sys.exit("FAILED: too few are found")
        if self.totals["kept", False] or not self.totals["kept", True]:
            sys.exit("FAILED: what is right is reported")
        if self.totals["not compiled"] > 0.02 * broken:
            sys.exit("FAILED: too many do not compile")
