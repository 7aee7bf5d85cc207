#!/usr/bin/env python3
"""clang-tidy with gfplint's module on files of the real kernel: it shows what `gfplint check` shows of that file
alone, notes and all.

usage: tidy.py [VERSION [PATH...]]     PATH: a file or a folder, relative to the source; without one, 24 files
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build/kernel"))
TOOL = os.path.join(ROOT, "build/bin/gfplint")
# Some of each folder, spread over it.
SAMPLE = (("drivers/md", 14), ("fs/gfs2", 5), ("fs/jbd2", 5))

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests"))
from tidy import Tidy, parse  # noqa: E402


def files_below(database, source, path):
    """C files of the database that are `path`, or lie below it; relative to the source."""
    names = {os.path.relpath(os.path.join(e["directory"], e["file"]), source) for e in database}
    return sorted(n for n in names if n.endswith(".c") and (n == path or n.startswith(path + "/")))


def without_dependencies(entry):
    """The entry without what makes clang-tidy, which executes it as it is, write Kbuild's dependency file."""
    return {**entry, "command": re.sub(r"-Wp,-MM?D,\S+", "", entry["command"])}


def compare(database, build, source, name):
    """What differs, in words, and how many findings there are."""
    full = os.path.join(source, name)
    words = [TOOL, "check", "-p", database, "--no-cache", "--quiet", "-j1", full]
    ours = subprocess.run(words, capture_output=True, text=True, check=False)
    if ours.returncode not in (0, 1):
        return [f"gfplint ended with {ours.returncode}: {ours.stderr}"], 0
    words = Tidy(TOOL).command("-p", database, "-quiet", full)
    theirs = subprocess.run(words, capture_output=True, text=True, check=False)
    if theirs.returncode != 0:
        return [f"clang-tidy ended with {theirs.returncode}: {theirs.stdout[-2000:]}{theirs.stderr[-2000:]}"], 0
    wanted = parse(ours.stdout, source, source)
    shown = parse(theirs.stdout, build, source, tidy=True)
    differ = [f"only gfplint: {f}" for f in wanted if f not in shown]
    differ += [f"only clang-tidy: {f}" for f in shown if f not in wanted]
    return differ, len(wanted)


def main():
    version = sys.argv[1] if len(sys.argv) > 1 else "6.12"
    source = os.path.realpath(os.path.join(KERNEL, version, "source"))
    with open(os.path.join(KERNEL, version, "compile_commands.json"), encoding="utf-8") as file:
        database = json.load(file)
    names = []
    for path in sys.argv[2:]:
        names += files_below(database, source, path)
    if len(sys.argv) <= 2:
        for folder, count in SAMPLE:
            below = files_below(database, source, folder)
            names += below[:: max(1, len(below) // count)][:count]
    bad = found = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
            wanted = {os.path.join(source, name) for name in names}
            json.dump([without_dependencies(e) for e in database if e["file"] in wanted], file)
        build = os.path.realpath(os.path.join(KERNEL, version, "build"))
        for name, (differ, count) in zip(names, pool.map(lambda n: compare(folder, build, source, n), names)):
            found += count
            bad += bool(differ)
            print(f"{'FAIL' if differ else 'ok  '} {name}: {count} findings")
            for line in differ:
                print("    " + line)
    print(f"{len(names)} files, {found} findings, {bad} files differ")
    return int(bad > 0 or found == 0 or not names)


if __name__ == "__main__":
    sys.exit(main())
