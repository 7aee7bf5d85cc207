#!/usr/bin/env python3
"""docs/ci/check-tree.sh on a real source: a database without a build, findings, and a second run that parses nothing.

The source is the one that `./dev kernel 6.12` unpacked; nothing may be written into it.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build", "kernel")), "6.12", "source")
FOLDER = "fs/ext4"


def check_tree(work, report):
    words = [os.path.join(ROOT, "docs", "ci", "check-tree.sh"), f"--source={SOURCE}", f"--work={work}", "--config=defconfig",
             FOLDER, "--", "--stats", f"--output=json:{report}"]
    done = subprocess.run(words, env={**os.environ, "GFPLINT": os.path.join(ROOT, "build", "bin", "gfplint")},
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"check-tree.sh ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    with open(report, encoding="utf-8") as file:
        return json.load(file), int(re.search(r"(\d+) parsed in this run", done.stderr).group(1))


def newer_files(stamp):
    done = subprocess.run(["find", SOURCE, "-newer", stamp], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def expect(condition, text):
    if not condition:
        sys.exit(text)
    print(f"ok: {text}")


def main():
    with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, "build"), prefix="ci-") as folder:
        stamp = os.path.join(folder, "stamp")
        with open(stamp, "w", encoding="utf-8"):
            pass
        report = os.path.join(folder, "report.json")
        first, parsed = check_tree(os.path.join(folder, "work"), report)
        expect(first["failures"] == [], "no file failed")
        expect(first["stats"]["entries"] > 20, f"{first['stats']['entries']} files of {FOLDER} are in the database")
        expect(parsed == first["stats"]["entries"], "the first run parsed each")
        expect(any(f["rule"] == "restricted-gfp-site" for f in first["findings"]), f"{len(first['findings'])} findings")
        expect(all(f["file"].startswith(FOLDER + "/") for f in first["findings"]), "all in the folder, named from the source on")
        second, parsed = check_tree(os.path.join(folder, "work"), report)
        expect(parsed == 0, "the second run parsed nothing")
        expect(second == first, "and found the same")
        expect(newer_files(stamp) == [], "nothing was written into the source")


if __name__ == "__main__":
    main()
