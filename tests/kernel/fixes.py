#!/usr/bin/env python3
"""What `fix --unsafe` makes of real files: each compiles without a new warning, and a second run changes nothing.

usage: fixes.py [--keep DIR] [VERSION] [PATH...]

The kernel's source is copied as hard links, which is quick, takes no space, and leaves the original alone, as
files are replaced by rename. PATHs are below the source; without one, the folders of the other kernel tests.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build/kernel"))
TOOL = os.path.join(ROOT, "build/bin/gfplint")
FOLDERS = ["fs/xfs", "fs/gfs2", "fs/ext4", "fs/jbd2", "fs/ceph", "fs/ubifs", "net/ceph", "drivers/md", "block", "mm"]


def copy_tree(source, folder):
    """A database whose files lie in a copy of the source."""
    copy = os.path.join(folder, "source")
    subprocess.run(["cp", "-al", source, copy], check=True)
    with open(os.path.join(os.path.dirname(source), "compile_commands.json")) as file:
        text = file.read().replace(source + "/", copy + "/").replace(source + '"', copy + '"')
    database = os.path.join(folder, "compile_commands.json")
    with open(database, "w") as file:
        file.write(text)
    return copy, database, json.loads(text)


def fix(database, cache, paths):
    result = subprocess.run([TOOL, "fix", "--unsafe", "-p", database, "--cache-dir=" + cache, "--progress=never", *paths],
                            capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("FAILED: fix ended with %d: %s" % (result.returncode, result.stderr[-2000:]))
    return result.stderr


def fixed_files(messages):
    return re.findall(r"^gfplint: fixed (.*)$", messages, re.M)


def warnings(entry, file):
    """What the file's own command says of it, without lines and columns."""
    words = entry["command"].replace(entry["file"], file)
    words = re.sub(r"-Wp,-MMD,\S+|-o \S+", "", words)
    result = subprocess.run("%s -Wno-error -fsyntax-only" % words, shell=True, cwd=entry["directory"],
                            capture_output=True, text=True)
    lines = [re.sub(r"^.*?:\d+:\d+: ", "", line) for line in result.stderr.splitlines()
             if re.search(r": (?:warning|error|fatal error): ", line)]
    return sorted(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", help="leave the copy here")
    parser.add_argument("version", nargs="?", default="6.12")
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    source = os.path.join(os.path.realpath(os.path.join(KERNEL, options.version)), "source")
    folder = options.keep or tempfile.mkdtemp(dir=os.path.dirname(source), prefix="fixes-")
    os.makedirs(folder, exist_ok=True)
    try:
        copy, database, entries = copy_tree(source, folder)
        paths = options.paths or FOLDERS
        cache = os.path.join(folder, "cache")
        fixed = fixed_files(fix(database, cache, paths))
        by_file = {os.path.normpath(os.path.join(e["directory"], e["file"])): e for e in entries}

        def compare(name):
            new = os.path.join(copy, name)
            entry = by_file.get(new)
            if entry is None:
                return name, "is no entry of the database"
            before = warnings({**entry, "command": entry["command"].replace(copy + "/", source + "/"),
                               "file": entry["file"].replace(copy + "/", source + "/")}, os.path.join(source, name))
            after = warnings(entry, new)
            return name, "" if before == after else "before %s, after %s" % (before[:3], after[:3])

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            bad = [(name, why) for name, why in pool.map(compare, fixed) if why]
        again = fixed_files(fix(database, cache, paths))
        print("%d files fixed, %d with new warnings, %d changed by a second run" % (len(fixed), len(bad), len(again)))
        for name, why in bad:
            print("%s: %s" % (name, why))
        for name in again:
            print("%s: changed again" % name)
        if bad or again or not fixed:
            sys.exit("FAILED")
    finally:
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
