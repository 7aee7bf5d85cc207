#!/usr/bin/env python3
"""The rules' pages cite the kernel: every file that they name is there, and what they quote of a file stands in it."""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build", "kernel")), "6.12", "source")
# `Documentation/a.rst` ... "words of it", with nothing but words between.
QUOTE = re.compile(r"`?(Documentation/[\w/-]+\.rst)`?[^\"`]{0,200}?\"([^\"]+)\"", re.S)
FILE = re.compile(r"\b((?:Documentation|include|mm|lib|fs|drivers|net|kernel)/[\w/-]+\.(?:rst|c|h))\b")


def words(text):
    """Without marks of reStructuredText and line ends."""
    return " ".join(re.sub(r"[`*]", "", text).split())


def main():
    files = quotes = 0
    problems = []
    for page in sorted(glob.glob(os.path.join(ROOT, "rules", "*-*.md"))):
        with open(page, encoding="utf-8") as file:
            text = file.read()
        name = os.path.basename(page)
        for path in sorted(set(FILE.findall(text))):
            files += 1
            if not os.path.exists(os.path.join(SOURCE, path)):
                problems.append(f"{name}: {path} is not in 6.12")
        for path, quote in QUOTE.findall(text):
            quotes += 1
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                if words(quote).rstrip(".") not in words(file.read()):
                    problems.append(f"{name}: {path} does not say \"{words(quote)}\"")
    print("\n".join([*problems, f"{files} files and {quotes} quotations, {len(problems)} problems"]))
    sys.exit(1 if problems or files < 5 or quotes < 5 else 0)


if __name__ == "__main__":
    main()
