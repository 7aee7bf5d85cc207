#!/usr/bin/env python3
"""Does parsing on shared precompiled headers change what is learnt of a unit? Two stores tell.

usage: pch_diff.py DATABASE COUNT SEED FOLDER...
       COUNT random units whose path holds one of the folders, analysed with and without shared headers; every difference is printed, and the status is 1 where there is one.
"""
import collections
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "build/bin/gfplint")
COUNTS = re.compile(r"(\d+) units, (\d+) parsed in this run, (\d+) of them on shared headers")


def numbers(blob, signed):
    """LEB128 differences (store/Ids.h), added up."""
    last, value, shift = 0, 0, 0
    for byte in blob:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            continue
        if signed and byte & 0x40:
            value -= 1 << shift
        last += value
        yield last
        value, shift = 0, 0


def read_store(folder):
    """{(key, file): (error, part hashes, {dependency: hash})} of a store that one run has written."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(folder, "store.sqlite"), uri=True)
    contents = {row: (path, digest) for row, path, digest in db.execute("SELECT id, path, hash FROM content")}
    parts = dict(db.execute("SELECT id, hash FROM part"))
    units = {}
    for key, file, error, part_list, deps in db.execute("SELECT key, file, error, parts, deps FROM unit"):
        units[key, file] = (error, sorted(parts[n] for n in numbers(part_list, True)),
                            dict(contents[n] for n in numbers(deps, False)))
    db.close()
    return units


def units_below(database, folders):
    """C entries whose path holds one of the folders, sorted by file, one a file."""
    with open(database) as file:
        entries = json.load(file)
    found = {}
    for entry in entries:
        path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
        if path.endswith(".c") and any("/" + folder.strip("/") + "/" in path for folder in folders):
            found.setdefault(path, entry)
    return [found[path] for path in sorted(found)]


def check(database, words):
    """(output, parsed, on shared headers, remarks)."""
    done = subprocess.run([TOOL, "check", "-p", database, "--format=json", "--progress=never", "--stats", *words],
                          capture_output=True, text=True)
    counts = COUNTS.search(done.stderr)
    if counts is None:
        sys.exit("gfplint %s ended with %d: %s" % (" ".join(words), done.returncode, done.stderr[-2000:]))
    return done.stdout, int(counts[2]), int(counts[3]), done.stderr


def describe(with_pch, without):
    """Lines on how a unit differs."""
    lines = []
    if with_pch[0] != without[0]:
        lines.append("error: %r with, %r without" % (with_pch[0], without[0]))
    if with_pch[1] != without[1]:
        lines.append("parts: %d with, %d without, %d in common" % (
            len(with_pch[1]), len(without[1]), len(set(with_pch[1]) & set(without[1]))))
    for which, mine, other in (("only with", with_pch[2], without[2]), ("only without", without[2], with_pch[2])):
        extra = sorted(set(mine.items()) - set(other.items()))
        if extra:
            lines.append("%d dependencies %s: %s" % (len(extra), which, [path for path, _ in extra[:4]]))
    return lines


def compare(entries, keep=None):
    """(differences, counts): analyses the entries in both ways. A difference is (file, lines)."""
    with tempfile.TemporaryDirectory(prefix="gfplint-pch-") as folder:
        folder = keep or folder
        os.makedirs(folder, exist_ok=True)
        database = os.path.join(folder, "compile_commands.json")
        with open(database, "w") as file:
            json.dump(entries, file)
        start = time.time()
        with_pch, parsed, shared, remarks = check(database, ["--cache-dir=" + os.path.join(folder, "with"), "--verbose"])
        middle = time.time()
        without, parsed_plain, shared_plain, remarks_plain = check(
            database, ["--cache-dir=" + os.path.join(folder, "without"), "--no-pch"])
        end = time.time()
        stores = [read_store(os.path.join(folder, name)) for name in ("with", "without")]
    differences = []
    for unit in sorted(set(stores[0]) | set(stores[1]), key=lambda u: (u[1], u[0])):
        if unit not in stores[0] or unit not in stores[1]:
            # A file that changes while it is analysed is not stored: the remarks say so.
            told = [line for line in (remarks + remarks_plain).splitlines() if "changed" in line]
            differences.append((unit[1], ["kept in one of the stores only", *told[:2]]))
            continue
        lines = describe(stores[0][unit], stores[1][unit])
        if lines:
            differences.append((unit[1], lines))
    if with_pch != without:
        differences.append(("(output)", ["check --format=json is not the same"]))
    why = collections.Counter(
        re.sub(r"/\S+|macro \S+|defines \S+", "…", line.split("parsed without shared headers: ", 1)[1])
        for line in remarks.splitlines() if "parsed without shared headers: " in line)
    counts = {"units": len(entries), "parsed": parsed, "shared": shared, "plain": parsed_plain,
              "shared_plain": shared_plain, "stored": (len(stores[0]), len(stores[1])),
              "seconds": (round(middle - start, 1), round(end - middle, 1)), "objections": why.most_common(12)}
    return differences, counts


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    database, count, seed, folders = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    entries = units_below(database, folders)
    chosen = random.Random(seed).sample(entries, min(count, len(entries)))
    differences, counts = compare(chosen, os.environ.get("GFPLINT_KEEP"))
    print(counts)
    for file, lines in differences:
        print(file)
        for line in lines:
            print("  " + line)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
