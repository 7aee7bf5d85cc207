#!/usr/bin/env python3
"""Runs the rule cases of tests/rules/RULE/ and compares findings with what the C files expect.

A case is a file X.c, or a folder of .c and .h files that are one program. Comments say what is to be
found, on the line of the comment or, where the comment stands alone, on the next line of code:

    /* expect: RULE SEVERITY: SUBSTRING OF THE MESSAGE */
    /* known-wrong: found RULE SEVERITY: SUBSTRING -- why it should not be */
    /* known-wrong: missing RULE SEVERITY: SUBSTRING -- why it should be */

A finding that nothing expects fails, and so does an expectation without its finding. `found` asserts
that the wrong finding is there, `missing` that the right one is not: whoever mends the program is told
to turn the comment into what it should be. Two more comments choose how a case is run:

    /* args: --kernel-version=5.10 */
    /* tree: 6.1 */       which mini kernel: 6.12 (without a comment), 6.1 or nowait

Goldens: X.c.fixed is X.c after `fix --unsafe`, wherever a fix is offered; X.c.txt, where it exists (for
a folder: expected.txt in it), is the text report. --bless rewrites them.
"""
import argparse
import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import minikernel  # noqa: E402

COMMENT = re.compile(r"/\*\s*(expect|known-wrong|args|tree):\s*(.*?)\s*\*/", re.S)
FINDING = re.compile(r"^([a-z*-]+) (note|warning|error): (.+)$", re.S)


class BadCase(Exception):
    """The case itself is wrong."""


class Expectation:
    def __init__(self, kind, file, line, text):
        parts = FINDING.match(text)
        if not parts:
            raise BadCase(f"{file}:{line}: write it as 'RULE SEVERITY: MESSAGE', not '{text}'")
        self.kind, self.file, self.line = kind, file, line
        self.rule, self.severity, self.message = parts.groups()
        self.used = False

    def matches(self, finding):
        return (
            finding["rule"] == self.rule
            and finding["severity"] == self.severity
            and finding["file"] == self.file
            and finding["line"] == self.line
            and self.message in finding["message"]
        )

    def __str__(self):
        return f"{self.file}:{self.line}: {self.severity}: ...{self.message}... [{self.rule}]"


def line_of_code(text, begin, end):
    """The line that a comment at text[begin:end] speaks of."""
    before = text[text.rfind("\n", 0, begin) + 1 : begin]
    if before.strip() and not before.strip().endswith("*/"):
        return text.count("\n", 0, begin) + 1
    rest = text[end:]
    skipped = re.match(r"(\s|/\*.*?\*/)*", rest, re.S).end()
    return text.count("\n", 0, end + skipped) + 1


def read_comments(name, text):
    expected, options = [], {"args": "", "tree": "6.12"}
    for found in COMMENT.finditer(text):
        kind, body = found.groups()
        body = " ".join(word for word in body.split() if word != "*")
        if kind in options:
            options[kind] = body
            continue
        if kind == "known-wrong":
            kind, _, body = body.partition(" ")
            body, _, why = body.partition(" -- ")
            if kind not in ("found", "missing") or not why:
                raise BadCase(f"{name}: known-wrong says 'found' or 'missing', and why after ' -- '")
        expected.append(Expectation(kind, name, line_of_code(text, *found.span()), body))
    return expected, options


class Case:
    def __init__(self, rule, path):
        self.rule, self.path = rule, path
        self.folder = os.path.isdir(path)
        self.name = f"{rule}/{os.path.basename(path)}"
        self.expected, self.options = [], {"args": "", "tree": "6.12"}
        for name in self.sources():
            with open(self.source(name), encoding="utf-8") as file:
                expected, options = read_comments(name, file.read())
            self.expected += expected
            for key, plain in (("args", ""), ("tree", "6.12")):
                if options[key] != plain:
                    self.options[key] = options[key]

    def sources(self):
        if not self.folder:
            return [os.path.basename(self.path)]
        return sorted(n for n in os.listdir(self.path) if n.endswith((".c", ".h")))

    def units(self):
        return [n for n in self.sources() if n.endswith(".c")]

    def source(self, name):
        return os.path.join(self.path, name) if self.folder else self.path

    def text_golden(self):
        return os.path.join(self.path, "expected.txt") if self.folder else self.path + ".txt"


class Runner:
    def __init__(self, program, bless):
        self.program, self.bless = program, bless
        self.problems = []

    def gfplint(self, case, tree, command, *options):
        words = [self.program, command, f"--rules={case.rule}", *options, *shlex.split(case.options["args"])]
        if case.folder:
            words += ["-p", tree.database(case.units())]
        else:
            words += ["--", *minikernel.CFLAGS, case.units()[0]]
        return subprocess.run(words, cwd=tree.root, capture_output=True, text=True, timeout=120, check=False)

    def run(self, case):
        self.problems = []
        with minikernel.Tree(case.options["tree"]) as tree:
            for name in case.sources():
                shutil.copy(case.source(name), tree.path(name))
            done = self.gfplint(case, tree, "check", "--format=json")
            if done.returncode == 2 or done.returncode < 0:
                self.problems.append(f"ended with status {done.returncode}:\n{done.stderr.rstrip()}")
                return self.problems
            findings = json.loads(done.stdout)["findings"]
            self.compare(case, findings)
            worst = any(f["severity"] != "note" for f in findings)
            if done.returncode != int(worst):
                self.problems.append(f"exit status {done.returncode} with these findings, wanted {int(worst)}")
            self.compare_text(case, tree)
            self.compare_fixes(case, tree, findings)
        return self.problems

    def compare(self, case, findings):
        for finding in findings:
            hit = next((e for e in case.expected if not e.used and e.matches(finding)), None)
            if hit is None:
                where = f"{finding['file']}:{finding['line']}: {finding['severity']}: {finding['message']}"
                self.problems.append(f"not expected: {where} [{finding['rule']}]")
                continue
            hit.used = True
            if hit.kind == "missing":
                self.problems.append(f"mended: {hit} is found now; turn its comment into 'expect:'")
        for wanted in case.expected:
            if wanted.used or wanted.kind == "missing":
                continue
            word = "not found" if wanted.kind == "expect" else "mended, no longer found: delete its comment"
            self.problems.append(f"{word}: {wanted}")

    def compare_text(self, case, tree):
        golden = case.text_golden()
        if os.path.exists(golden):
            self.golden(golden, self.gfplint(case, tree, "check").stdout)

    def compare_fixes(self, case, tree, findings):
        offered = any(f.get("fix", {}).get("applicability") in ("safe", "unsafe") for f in findings)
        before = {name: tree.read(name) for name in case.sources()}
        if offered:
            done = self.gfplint(case, tree, "fix", "--unsafe")
            if done.returncode != 0:
                self.problems.append(f"fix --unsafe ended with status {done.returncode}: {done.stderr.rstrip()}")
                return
        for name, text in before.items():
            golden, after = case.source(name) + ".fixed", tree.read(name)
            if after != text or os.path.exists(golden):
                self.golden(golden, after)
        once = {name: tree.read(name) for name in before}
        if offered:
            self.gfplint(case, tree, "fix", "--unsafe")
            if once != {name: tree.read(name) for name in before}:
                self.problems.append("fixing the fixed files changes them again")

    def golden(self, path, text):
        old = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                old = file.read()
        if old == text:
            return
        if self.bless:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            print(f"wrote {path}")
            return
        if old is None:
            self.problems.append(f"{os.path.basename(path)} is missing; --bless writes it")
            return
        diff = difflib.unified_diff(old.splitlines(), text.splitlines(), path, "now", lineterm="")
        self.problems.append("\n".join(diff))


def cases_of(rule):
    folder = os.path.join(minikernel.RULES, rule)
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".c") or os.path.isdir(path):
            yield Case(rule, path)


def main():
    parser = argparse.ArgumentParser(description="Runs the rule cases of tests/rules.")
    parser.add_argument("--gfplint", required=True, help="the program")
    parser.add_argument("--bless", action="store_true", help="rewrite the golden files")
    parser.add_argument("rules", nargs="*", help="rules or RULE/CASE; none means all")
    options = parser.parse_args()
    wanted = options.rules or sorted(n for n in os.listdir(minikernel.RULES) if not n.startswith("include-"))
    runner = Runner(os.path.abspath(options.gfplint), options.bless)
    ran = failed = 0
    for word in wanted:
        rule, _, only = word.partition("/")
        try:
            cases = [c for c in cases_of(rule) if only in ("", os.path.basename(c.path))]
        except BadCase as problem:
            print(f"FAIL {problem}")
            failed += 1
            continue
        for case in cases:
            ran += 1
            problems = runner.run(case)
            failed += bool(problems)
            print(f"{'FAIL' if problems else 'ok  '} {case.name}")
            for problem in problems:
                print("    " + problem.replace("\n", "\n    "))
    print(f"{ran} cases, {failed} failed")
    return 1 if failed or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
