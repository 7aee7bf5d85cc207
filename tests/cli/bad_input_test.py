#!/usr/bin/env python3
"""A table of wrong values: for each option of each command, what is said. One clear line, and status 2.

Which options there are is read from --help: one without a row here fails the test.
"""
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import BAD, CLEAN, CliTest, Tree, main  # noqa: E402

ANALYSING = ["check", "fix", "sites", "query", "dump-ir"]
COMMANDS = [*ANALYSING, "rules", "explain"]

# Made in the tree: a folder, a file of other bytes, one that no memory holds, one that cannot be read.
FOLDER, BINARY, HUGE, UNREADABLE, MISSING = "include", "binary", "huge", "/proc/self/mem", "gone"

# Option: [(value, what is said)]. With a value of None the option stands alone, where it wants one.
VALUES = {
    "-j": [("-1", "-j"), ("x", "-j"), ("99999999999999999999", "-j")],
    "--unit-timeout": [("x", "--unit-timeout"), ("-5", "--unit-timeout")],
    "--unit-memory": [("lots", "--unit-memory"), ("-1", "--unit-memory")],
    "--format": [("xml", "--format: there is no form 'xml'; there are text, json, sarif"), ("", "--format")],
    "--output": [("sarif", "--output: 'sarif' is not FORM:FILE"), ("xml:a", "--output: 'xml:a' is not FORM:FILE"),
                 ("json:", "--output: 'json:' is not FORM:FILE"), ("json:no/such/folder/x", "--output no/such/folder/x: "),
                 ("json:" + FOLDER, "--output " + FOLDER + ": ")],
    "-o": [("no/such/folder/x", "-o no/such/folder/x: "), (FOLDER, "-o " + FOLDER + ": ")],
    "--fail-on": [("fatal", "fail-on"), ("", "fail-on")],
    "--progress": [("bar", "progress")],
    "--scope-style": [("macro", "scope-style")],
    "--rules": [("nosuch", "--rules: there is no rule 'nosuch'"), ("-nosuch*", "--rules: there is no rule 'nosuch*'")],
    "--kernel-version": [("six", "--kernel-version: 'six' is no version"), ("", "--kernel-version: '' is no version")],
    "--cache-dir": [("/proc/nothing/here", "nothing is kept"), (BINARY, "nothing is kept")],
    "--baseline": [(MISSING, "--baseline: gone: "), (FOLDER, "--baseline: "), (BINARY, "--baseline: "),
                   (HUGE, "--baseline: "), (UNREADABLE, "--baseline: ")],
    "--write-baseline": [("no/such/folder/x", "--write-baseline no/such/folder/x: "), (FOLDER, "--write-baseline ")],
    "--config": [(MISSING, "gone"), (FOLDER, FOLDER), (BINARY, BINARY), (HUGE, HUGE), (UNREADABLE, UNREADABLE)],
    "--model": [(MISSING, "--model: gone: "), (FOLDER, FOLDER), (BINARY, BINARY), (HUGE, HUGE),
                (UNREADABLE, UNREADABLE)],
    "--diff": [("nosuch", "--diff: "), ("", "--diff needs a value")],
    "--patch": [(MISSING, "--patch: gone: "), (FOLDER, "--patch: "), (BINARY, "--patch: "), (HUGE, "--patch: "),
                (UNREADABLE, "--patch: "), ("", "--patch needs a value")],
    "--export-fixes": [("no/such/folder/x", "--export-fixes no/such/folder/x: "), (FOLDER, "--export-fixes ")],
    "--format-patch": [(BINARY, BINARY), ("/proc/nothing/x", "/proc/nothing/x")],
    "-p": [(MISSING, "gone"), (FOLDER, FOLDER), (BINARY, BINARY), (HUGE, HUGE), (UNREADABLE, UNREADABLE), ("", "-p")],
}
# They take no value; a wrong one is refused.
FLAGS = ["--all-units", "--all-uses", "--context", "--dry-run", "--no-cache", "--no-pch", "--quiet", "--stats",
         "--unsafe", "--verbose"]
# Where what is wrong costs nothing but what was to be kept: it is said, and the run is whole.
REMARKS = {"--cache-dir"}


class BadInputTest(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.tree.__enter__()
        self.addCleanup(self.tree.__exit__)
        self.tree.write("clean.c", CLEAN)
        self.db = self.tree.database(["clean.c"])
        with open(self.tree.path(BINARY), "wb") as out:
            out.write(bytes(range(256)) * 64)
        with open(self.tree.path(HUGE), "wb") as out:
            out.truncate(1 << 40)

    def options_of(self, command):
        said = self.run_in(self.tree, command, "--help", status=0).stdout
        return set(re.findall(r"^  (--?[\w-]+)", said, re.M)) - {"--help", "--help-list"}

    def say(self, command, *words):
        base = {"query": ["query", "callers", "clean_get"], "explain": ["explain", "scope-unpaired"]}.get(command, [command])
        words = list(words)
        if command in [*ANALYSING, "rules"] and "-p" not in words:
            words += ["-p", self.db]
        if "-o" in words and command == "fix":
            words.append("--dry-run")
        return subprocess.run([self.program, *base, *words], cwd=self.tree.root, capture_output=True, text=True,
                              errors="replace", timeout=60, check=False, stdin=subprocess.DEVNULL)

    def test_every_option_has_a_row(self):
        for command in COMMANDS:
            for option in self.options_of(command):
                self.assertTrue(option in VALUES or option in FLAGS, "%s %s" % (command, option))

    def test_values(self):
        for command in COMMANDS:
            options = self.options_of(command)
            for option, rows in VALUES.items():
                if option not in options:
                    continue
                for value, wanted in rows:
                    with self.subTest(command=command, option=option, value=value):
                        words = [option, value] if len(option) == 2 else ["%s=%s" % (option, value)]
                        done = self.say(command, *words)
                        self.assertIn(wanted, done.stderr)
                        self.assertNotIn("LLVM ERROR", done.stderr)
                        if option in REMARKS:
                            self.assertEqual(done.returncode, 0, done.stderr)
                            continue
                        self.assertEqual(done.returncode, 2, done.stderr)
                        lines = done.stderr.strip().splitlines()
                        self.assertEqual(len(lines), 1, done.stderr)
                        self.assertTrue(lines[0].startswith("gfplint: "), done.stderr)
                        self.assertLess(len(lines[0]), 400)

    def test_values_are_wanted(self):
        for command in COMMANDS:
            for option in self.options_of(command) & set(VALUES):
                with self.subTest(command=command, option=option):
                    done = self.say(command, "-p", self.db, option) if option != "-p" else self.say(command, "-p")
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(option.lstrip("-"), done.stderr)

    def test_flags_take_no_value(self):
        for command in COMMANDS:
            for option in self.options_of(command) & set(FLAGS):
                with self.subTest(command=command, option=option):
                    done = self.say(command, option + "=perhaps")
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(option.lstrip("-"), done.stderr)

    def test_unknown_options_and_words(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                done = self.say(command, "--no-such-option")
                self.assertEqual(done.returncode, 2)
                self.assertIn("--no-such-option", done.stderr)
                self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn("gone.c", self.say("check", "gone.c").stderr)
        self.assertIn("no rule 'nosuch'", self.run_in(self.tree, "explain", "nosuch", status=2).stderr)

    def test_sources_of_all_sorts(self):
        odd = 'dir with "quotes"/it\'s ü & <b>.c'
        self.tree.write(odd, BAD)
        with open(self.tree.path("latin.c"), "wb") as out:
            out.write(BAD.replace("bad_get", "latin_get").encode() + b"/* caf\xe9 */ /* \xff\xfe */\n")
        with open(self.tree.path("nul.c"), "wb") as out:
            out.write(BAD.replace("bad_get", "nul_get").encode() + b"/* \0 */\n")
        self.tree.write("empty.c", "")
        self.tree.write("crlf.c", BAD.replace("bad_get", "crlf_get").replace("\n", "\r\n"))
        names = [odd, "latin.c", "nul.c", "empty.c", "crlf.c"]
        db = self.tree.database(names)
        found = self.findings(self.tree, "-p", db, "--rules=vmalloc-restricted-flags")
        self.assertEqual(sorted(f["file"] for f in found["findings"]), sorted(["crlf.c", odd, "latin.c", "nul.c"]))
        self.assertEqual(found["stats"]["failed"], 0)
        again = self.findings(self.tree, "-p", db, "--rules=vmalloc-restricted-flags", odd)
        self.assertEqual([f["file"] for f in again["findings"]], [odd])


if __name__ == "__main__":
    main()
