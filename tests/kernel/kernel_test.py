#!/usr/bin/env python3
"""gfplint on the real kernel: Debian's linux-source-6.12 and 6.1, allmodconfig.

Expectations name files, functions and rules, never lines: Debian updates the sources.

usage: kernel_test.py CASE     CASE: folders, versions, sites, same-output, broken-copies, pch, filter, nowait
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import mutate
import scope_mutants

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build/kernel"))
TOOL = os.path.join(ROOT, "build/bin/gfplint")
FOLDERS = ["fs/xfs", "fs/gfs2", "fs/ext4", "fs/jbd2", "fs/ceph", "fs/ubifs", "net/ceph", "drivers/md", "block", "mm",
           "drivers/gpu/drm/etnaviv"]

# Every error of the folders, read against the source: (file, function, rule, function that chose the mask).
ERRORS = {
    ("drivers/md/dm-bufio.c", "alloc_buffer_data", "vmalloc-restricted-flags", "__alloc_buffer_wait_no_callback"),
    ("drivers/gpu/drm/etnaviv/etnaviv_dump.c", "etnaviv_core_dump", "vmalloc-restricted-flags", "etnaviv_core_dump"),
    # Boot code that knows it: true by the letter, harmless in practice (README, known findings).
    ("mm/mm_init.c", "alloc_large_system_hash", "vmalloc-restricted-flags", "alloc_large_system_hash"),
}


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def gfplint(version, words, command="check"):
    result = subprocess.run([TOOL, command, "-p", os.path.join(KERNEL, version), "--progress=never"] + words,
                            capture_output=True, text=True, cwd=KERNEL)
    if result.returncode not in (0, 1):
        fail("%s %s ended with %d: %s" % (command, " ".join(words), result.returncode, result.stderr[-2000:]))
    return result.stdout


def findings(version, words):
    return json.loads(gfplint(version, ["--format=json"] + words))


def chooser(finding):
    return finding["trace"][0]["function"] if finding["trace"] else finding["function"]


def folders():
    """No unit fails, and the errors are just those that were read."""
    report = findings("6.12", FOLDERS)
    print(report["stats"])
    if report["failures"] or report["stats"]["analysed"] != report["stats"]["entries"]:
        fail("units failed: %s" % report["failures"][:3])
    if report["stats"]["entries"] < 600:
        fail("only %d entries: make the database with ./dev kernel 6.12" % report["stats"]["entries"])
    seen = {(f["file"], f["function"], f["rule"], chooser(f)) for f in report["findings"] if f["severity"] == "error"}
    for wrong in sorted(seen - ERRORS):
        print("not expected:", wrong)
    for wrong in sorted(ERRORS - seen):
        print("missing:", wrong)
    if seen != ERRORS:
        fail("the errors are not the ones that were read")
    # The whole road of dm-bufio's mask, and nothing of the GFP_NOIO that 6.12 honours.
    road = [f for f in report["findings"]
            if f["file"] == "drivers/md/dm-bufio.c" and f["rule"] == "vmalloc-restricted-flags"]
    steps = [step["function"] for step in road[0]["trace"]]
    if len(road) != 1 or "GFP_NOWAIT" not in road[0]["mask"]:
        fail("dm-bufio: expected one finding with GFP_NOWAIT")
    if steps != ["__alloc_buffer_wait_no_callback"] * 2 + ["alloc_buffer", "alloc_buffer_data"]:
        fail("dm-bufio: the trace runs through %s" % steps)
    notes = [f for f in report["findings"] if f["rule"] == "restricted-gfp-site"]
    if len(notes) < 500:
        fail("only %d restricted sites" % len(notes))


def versions():
    """What vmalloc honours follows the version that is asked for."""
    def masks(version, asked):
        report = findings(version, ["--rules=vmalloc-restricted-flags", "--kernel-version=" + asked,
                                    "drivers/md/dm-bufio.c"])
        return sorted(re.match(r"GFP_\w+", f["mask"]).group() for f in report["findings"])

    for version, asked, expected in [("6.12", "6.12", ["GFP_NOWAIT"]), ("6.12", "5.10", ["GFP_NOIO", "GFP_NOWAIT"]),
                                     ("6.1", "6.1", ["GFP_NOWAIT"]),
                                     # 6.1 opens a noio scope around __vmalloc: GFP_NOIO is safe there on any
                                     # version, GFP_NOWAIT on none.
                                     ("6.1", "5.10", ["GFP_NOWAIT"])]:
        seen = masks(version, asked)
        print(version, "as", asked, seen)
        if seen != expected:
            fail("expected %s" % expected)


def without_comments(text):
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def sites():
    """Every GFP_NOFS, GFP_NOIO and GFP_NOWAIT of the analysed files is in the inventory."""
    places = ["fs/gfs2", "fs/ubifs", "drivers/md", "net/ceph", "block"]
    listed = {(s["file"], s["line"], s["column"])
              for s in json.loads(gfplint("6.12", ["--all-uses", "--format=json"] + places, "sites"))["sites"]}
    with open(os.path.join(KERNEL, "6.12/compile_commands.json")) as file:
        entries = {os.path.normpath(os.path.join(e["directory"], e["file"])) for e in json.load(file)}
    source = os.path.join(KERNEL, "6.12/source")
    words = 0
    for place in places:
        for folder, _, names in os.walk(os.path.join(source, place)):
            for name in names:
                path = os.path.join(folder, name)
                if path not in entries:
                    continue  # not part of this configuration, or a header
                with open(path, errors="replace") as file:
                    lines = without_comments(file.read()).split("\n")
                for number, line in enumerate(lines, 1):
                    for match in re.finditer(r"\bGFP_(NOFS|NOIO|NOWAIT)\b", line):
                        words += 1
                        if (os.path.relpath(path, source), number, match.start() + 1) not in listed:
                            fail("not in the inventory: %s:%d: %s" % (path, number, line.strip()))
    print(words, "words, all listed")
    if words < 400:
        fail("too few words to mean anything")


def same_output():
    """The same bytes for one worker and two, twice."""
    words = ["--format=json", "fs/jbd2", "fs/gfs2", "net/ceph", "drivers/md/dm-bufio.c"]
    ways = [["-j1", "--no-cache"], ["-j2", "--no-cache"], ["-j2", "--no-cache", "--no-pch"], ["-j2"], ["-j1"]]
    outputs = {gfplint("6.12", words + way) for way in ways}
    if len(outputs) != 1:
        fail("the output depends on -j, the store or shared headers")


def pch():
    """Shared headers change nothing: the IR and the dependencies of 300 random units, both ways."""
    database = os.path.join(KERNEL, "6.12/compile_commands.json")
    diff = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pch_diff.py")
    result = subprocess.run([sys.executable, diff, database, "300", "612"] + FOLDERS, capture_output=True, text=True)
    print(result.stdout[-3000:])
    shared = re.search(r"'shared': (\d+)", result.stdout)
    if result.returncode != 0 or not shared or int(shared.group(1)) < 30:
        fail("the ways differ, or no unit had shared headers: %s" % result.stderr[-2000:])


def filtered():
    """With --rules, the units that are left out change no finding."""
    rules = "--rules=restricted-gfp-site,vmalloc-restricted-flags,kvmalloc-no-fallback,scope-unpaired"
    reports = [findings("6.12", [rules] + way + FOLDERS) for way in (["--no-cache"], ["--all-units"])]
    needed, every = [report["stats"]["analysed"] for report in reports]
    print("%d of %d units needed" % (needed, every))
    if needed >= every or reports[0]["findings"] != reports[1]["findings"]:
        fail("the findings differ, or nothing was left out")


def broken_copies():
    """Each restore call of real files, taken out one at a time, is missed by the analyzer never."""
    with open(os.path.join(KERNEL, "6.12/compile_commands.json")) as file:
        entries = {os.path.normpath(os.path.join(e["directory"], e["file"])): e for e in json.load(file)}
    source = os.path.join(KERNEL, "6.12/source")
    restore = re.compile(r"\bmemalloc_(?:nofs|noio|noreclaim|pin)_restore\((\w+)\);")
    broken = {}
    commands = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(entries):
            if not any(path.startswith(os.path.join(source, place) + "/") for place in FOLDERS):
                continue
            with open(path, errors="replace") as file:
                text = file.read()
            # What a thread leaves open ends with it.
            threads = [(start, end) for _, start, end, name, _, _, _ in scope_mutants.functions(text)
                       if name and scope_mutants.is_thread(name, text)]
            for match in restore.finditer(text):
                if any(start <= match.start() < end for start, end in threads):
                    continue
                # A stripe size that x86 does not have; a #if leaves it out.
                if "raid5_store_stripe_size" in text[max(0, match.start() - 2500):match.start()]:
                    continue
                name = os.path.join(folder, "broken%d.c" % len(broken))
                with open(name, "w") as file:
                    file.write(text[:match.start()] + "(void)0;" + text[match.end():])
                broken[name] = "%s:%d" % (os.path.relpath(path, source), text.count("\n", 0, match.start()) + 1)
                commands.append(mutate.command_for(entries[path], name))
        report, _ = mutate.analyse(folder, commands, "scope-unpaired")
    caught = {finding["file"] for finding in report["findings"]}
    missed = [place for name, place in broken.items() if name not in caught]
    print("%d of %d broken copies caught" % (len(broken) - len(missed), len(broken)))
    if missed or len(broken) < 30:
        fail("missed: %s" % missed)


def nowait():
    """On a tree with memalloc_nowait dm-bufio's two restricted calls become scopes, as the series that proposed
    it did by hand, and keep the flag that alloc_buffer_data() tests."""
    diff = gfplint("6.12-nowait", ["--unsafe", "--dry-run", "drivers/md/dm-bufio.c"], "fix")
    print(diff)
    added = [line[1:].strip() for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    for kind in ("nowait", "noio"):
        place = "%s_flags = memalloc_%s_save();" % (kind, kind)
        if place not in added:
            fail("no " + place)
        here = added[added.index(place):]
        if not re.match(r"b = alloc_buffer\(c, GFP_KERNEL \| .*__GFP_NORETRY[^;]*; memalloc_%s_restore\(%s_flags\);" %
                        (kind, kind), " ".join(here[1:])):
            fail("not the call in its scope: %s" % here[:4])
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixes.py")
    subprocess.run([sys.executable, script, "6.12-nowait", "drivers/md/dm-bufio.c"], check=True)


if __name__ == "__main__":
    CASES = {"folders": folders, "versions": versions, "sites": sites, "same-output": same_output,
             "broken-copies": broken_copies, "pch": pch, "filter": filtered, "nowait": nowait}
    if len(sys.argv) != 2 or sys.argv[1] not in CASES:
        sys.exit(__doc__)
    for needed, how in (("6.12", "6.12"), ("6.1", "6.1"), ("6.12-nowait", "6.12 --with-nowait drivers/md")):
        if not os.path.exists(os.path.join(KERNEL, needed, "compile_commands.json")):
            fail("no database of %s: run ./dev kernel %s" % (needed, how))
    CASES[sys.argv[1]]()
