#!/usr/bin/env python3
"""new_rule.py: what it writes compiles, is in the registry in order, and is a case that the harness reads."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import run_cases  # noqa: E402

# How this build compiles rules/Support.cpp; the new rule is compiled the same way.
COMPILE = sys.argv[1:]


class NewRule(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        shutil.copytree(os.path.join(ROOT, "rules"), os.path.join(self.root, "rules"))
        os.makedirs(os.path.join(self.root, "tests", "rules"))

    def new_rule(self, *words, ok=True):
        command = [sys.executable, os.path.join(HERE, "new_rule.py"), *words, f"--root={self.root}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode == 0, ok, done.stdout + done.stderr)

    def read(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8") as file:
            return file.read()

    def registered(self):
        return re.findall(r'^    \{"([a-z0-9-]+)",', self.read("rules/Registry.cpp"), re.M)

    def test_registry_stays_sorted(self):
        before = self.registered()
        self.assertEqual(before, sorted(before))
        for rule in ("aaa-first", "mmm-middle", "zzz-last"):
            self.new_rule(rule)
        self.assertEqual(self.registered(), sorted([*before, "aaa-first", "mmm-middle", "zzz-last"]))

    def test_page_has_the_headings_of_the_others(self):
        self.new_rule("demo-rule")
        headings = re.findall(r"^## (.+)$", self.read("rules/demo-rule.md"), re.M)
        self.assertEqual(headings, ["What it finds", "Why it matters", "Example", "Use instead", "Fix", "Kernel versions",
                                    "Severity and doubts", "Known limits"])
        self.assertTrue(self.read("rules/demo-rule.md").startswith("# demo-rule\n"))
        self.assertIn("demoRule_todo();\t/* warning: TODO */", self.read("rules/demo-rule.md"))
        self.assertIn("void demoRule_todo(void);", self.read("tests/rules/demo-rule/page.h"))

    def test_case_is_read_by_the_harness(self):
        self.new_rule("demo-rule", "--severity=error")
        expected, _ = run_cases.read_comments("basic.c", self.read("tests/rules/demo-rule/basic.c"))
        self.assertEqual([(e.rule, e.severity) for e in expected], [("demo-rule", "error")])
        self.assertEqual(self.read("tests/rules/demo-rule/basic.c").splitlines()[expected[0].line - 1].strip(), "demoRule_todo();")

    def test_bad_names_and_second_time(self):
        for name in ("NoCapitals", "single", "../escape", "two--dashes"):
            self.new_rule(name, ok=False)
        self.new_rule("demo-rule")
        self.new_rule("demo-rule", ok=False)

    @unittest.skipUnless(COMPILE, "run by ctest, which says how to compile")
    def test_it_compiles(self):
        self.new_rule("demo-rule")
        for name in ("demo-rule.cpp", "Registry.cpp"):
            done = subprocess.run(
                [*COMPILE, f"-I{self.root}/rules", "-fsyntax-only", os.path.join(self.root, "rules", name)],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
