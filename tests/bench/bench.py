#!/usr/bin/env python3
"""Speed and memory of gfplint beside `clang-19 -fsyntax-only` on the same random units, in one run.

usage: bench.py [--units N] [--seed S] [--database DB] [--rounds R]

Both use one core. Clang runs as a process a unit, as Kbuild would run it; gfplint runs once over a
database of just these units, its set-up (calibration, knowledge, linking, rules) included. CPU
seconds are user plus system; the best of the rounds counts.
"""
import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DROPPED = ("-Wp,-M", "-fplugin")


def run(command, folder):
    """CPU seconds, peak memory in MiB and the status of one child."""
    null = open(os.devnull, "w")
    child = subprocess.Popen(command, cwd=folder, stdout=null, stderr=null)
    _, status, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def clang_command(entry):
    words = entry.get("arguments") or shlex.split(entry["command"])
    kept = ["clang-19"]
    skip = False
    for word in words[1:]:
        if skip or word == "-o":
            skip = not skip and word == "-o"
        elif word != "-c" and not word.startswith(DROPPED):
            kept.append(word)
    return kept + ["-fsyntax-only", "-w"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=30)
    parser.add_argument("--seed", type=int, default=612)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--database", default=os.path.join(ROOT, "build/kernel/6.12/compile_commands.json"))
    options = parser.parse_args()
    with open(options.database) as file:
        entries = [entry for entry in json.load(file) if entry["file"].endswith(".c")]
    chosen = random.Random(options.seed).sample(sorted(entries, key=lambda e: (e["file"], str(e))), options.units)

    clang = mine = None
    memory = {"clang": 0, "gfplint": 0}
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "compile_commands.json")
        with open(database, "w") as file:
            json.dump(chosen, file)
        tool = [os.path.join(ROOT, "build/bin/gfplint"), "check", "-p", database, "-j1", "--fail-on=error",
                "--no-cache", "--quiet"]
        for _ in range(options.rounds):
            total = 0.0
            for entry in chosen:
                seconds, peak, status = run(clang_command(entry), entry["directory"])
                if status != 0:
                    sys.exit("bench: clang failed on " + entry["file"])
                total += seconds
                memory["clang"] = max(memory["clang"], peak)
            clang = min(total, clang or total)
            seconds, peak, status = run(tool, folder)
            if status not in (0, 1):
                sys.exit("bench: gfplint ended with status %d" % status)
            memory["gfplint"] = max(memory["gfplint"], peak)
            mine = min(seconds, mine or seconds)

    print("%d random units of %s, seed %d, best of %d rounds" %
          (options.units, os.path.relpath(options.database, ROOT), options.seed, options.rounds))
    print("%-28s %12s %8s %10s" % ("", "CPU s/unit", "ratio", "peak MiB"))
    print("%-28s %12.3f %8.2f %10.0f" % ("clang-19 -fsyntax-only", clang / options.units, 1, memory["clang"]))
    print("%-28s %12.3f %8.2f %10.0f" % ("gfplint check -j1", mine / options.units, mine / clang, memory["gfplint"]))


if __name__ == "__main__":
    main()
