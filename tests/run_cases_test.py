#!/usr/bin/env python3
"""run_cases.py itself: wrong expectations fail, whatever is wrong with them."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run_cases  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
RULE = "vmalloc-restricted-flags"

CODE = """#include <linux/vmalloc.h>
void *get(unsigned long size)
{{
	{0}
	return __vmalloc(size, GFP_NOWAIT);{1}
}}
"""


class Harness(unittest.TestCase):
    def problems(self, above="", beside="", bless=False, files=None):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.c")
            for name, text in {"x.c": CODE.format(above, beside), **(files or {})}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                    out.write(text)
            return run_cases.Runner(PROGRAM, bless).run(run_cases.Case(RULE, path))

    def expect_one(self, problems, text):
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(text, problems[0])

    def test_right_expectations_pass(self):
        expect = f"/* expect: {RULE} error: GFP_NOWAIT reaches */"
        self.assertEqual(self.problems(above=expect), [])
        self.assertEqual(self.problems(beside=expect), [])

    def test_finding_without_expectation(self):
        self.expect_one(self.problems(), "not expected: x.c:5")

    def test_expectation_without_finding(self):
        twice = f"/* expect: {RULE} error: GFP_NOWAIT */ /* expect: {RULE} error: GFP_NOWAIT */"
        self.expect_one(self.problems(above=twice), "not found: x.c:5")

    def test_other_severity_message_or_line(self):
        for wrong in (f"/* expect: {RULE} warning: GFP_NOWAIT */", f"/* expect: {RULE} error: GFP_NOIO */"):
            self.assertEqual(len(self.problems(above=wrong)), 2)
        self.assertEqual(len(self.problems(above=f"/* expect: {RULE} error: GFP */ int x;")), 2)

    def test_known_wrong(self):
        self.assertEqual(self.problems(above=f"/* known-wrong: found {RULE} error: GFP_NOWAIT -- a reason */"), [])
        expect = f"/* expect: {RULE} error: GFP_NOWAIT */"
        missing = f"/* known-wrong: missing {RULE} error: GFP_ATOMIC -- a reason */"
        self.assertEqual(self.problems(above=expect + missing), [])
        self.expect_one(
            self.problems(above=f"/* known-wrong: missing {RULE} error: GFP_NOWAIT -- a reason */"), "mended"
        )
        self.expect_one(
            self.problems(above=expect + f"/* known-wrong: found {RULE} error: GFP_ATOMIC -- a reason */"), "mended"
        )

    def test_bad_comments_are_told(self):
        for bad in ("/* expect: no words */", f"/* known-wrong: found {RULE} error: GFP_NOWAIT */"):
            with self.assertRaises(run_cases.BadCase):
                self.problems(above=bad)

    def test_goldens_are_compared(self):
        expect = f"/* expect: {RULE} error: GFP_NOWAIT */"
        self.expect_one(self.problems(above=expect, files={"x.c.txt": "something else\n"}), "something else")
        self.expect_one(self.problems(above=expect, files={"x.c.fixed": "something else\n"}), "something else")

    def test_a_case_that_does_not_compile_fails(self):
        self.expect_one(self.problems(above="not C"), "status 2")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
