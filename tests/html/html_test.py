#!/usr/bin/env python3
"""The HTML report in a browser: browser.mjs on the report of a mini tree, and on one of 20,000 findings."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cli"))
from harness import BAD, BROKEN, FIXABLE, NOTE, Tree  # noqa: E402

MAINTAINERS = """List of maintainers
===================

DEMO "DRIVERS" & CO
M:	Some One <one@example.org>
F:	drivers/demo/
"""
# The mask is chosen in another function than the call: a trace of two steps.
TRACED = """#include <linux/vmalloc.h>
static void *inner_get(unsigned long size, gfp_t gfp)
{
	return __vmalloc(size, gfp);	/* </script><b id="broken">"'&lt; */
}
void *outer_get(unsigned long size)
{
	return inner_get(size, GFP_NOWAIT);
}
"""


class Html(unittest.TestCase):
    gfplint = make_report = ""

    def setUp(self):
        for tool in ("node", "chromium"):
            self.assertTrue(shutil.which(tool), f"{tool} is not there; ./dev test installs it")
        self.assertTrue(
            os.path.isdir(os.path.join(HERE, "node_modules")),
            "tests/html/node_modules is not there; ./dev test makes it with npm ci",
        )
        self.folder = tempfile.mkdtemp(prefix="gfplint-html-")
        self.addCleanup(shutil.rmtree, self.folder)

    def browse(self, suite, report, *more):
        done = subprocess.run(
            ["node", "--test", "--test-reporter=tap", os.path.join(HERE, suite)],
            env={**os.environ, "REPORT": report, **dict(more)},
            capture_output=True, text=True, timeout=900, check=False,
        )
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}")
        # A suite that ran nothing has not passed.
        self.assertRegex(done.stdout, r"(?m)^# pass [1-9]")
        self.assertRegex(done.stdout, r"(?m)^# skipped 0$")

    def test_mini_tree(self):
        with Tree("nowait") as tree:
            tree.write("MAINTAINERS", MAINTAINERS)
            texts = {"drivers/demo/traced.c": TRACED, "drivers/demo/fix.c": FIXABLE, "fs/note.c": NOTE,
                     "mm/bad.c": BAD, "broken.c": BROKEN}  # fmt: skip
            for name, text in texts.items():
                tree.write(name, text)
            page, data = os.path.join(self.folder, "report.html"), os.path.join(self.folder, "report.json")
            done = subprocess.run(
                [self.gfplint, "check", "-p", tree.database(list(texts)), f"--output=html:{page}",
                 f"--output=json:{data}"],
                cwd=tree.root, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 2, done.stderr)  # broken.c
            again = subprocess.run(
                [self.gfplint, "check", "-j1", "-p", tree.database(list(texts)[::-1]), "--format=html"],
                cwd=tree.root, capture_output=True, timeout=120, check=False,
            )  # fmt: skip
        with open(page, "rb") as text:
            self.assertEqual(text.read(), again.stdout)
        with open(data, encoding="utf-8") as text:
            self.assertGreater(len(json.load(text)["findings"]), 4)
        # The tree is gone: what the page shows is in the page.
        self.browse("mini_tree.mjs", page, ("FINDINGS", data))

    def test_many_findings(self):
        page = os.path.join(self.folder, "report.html")
        subprocess.run([self.make_report, "20000", page], timeout=120, check=True)
        self.browse("many_findings.mjs", page)

    def test_no_findings(self):
        page = os.path.join(self.folder, "report.html")
        subprocess.run([self.make_report, "0", page], timeout=120, check=True)
        self.browse("no_findings.mjs", page)


if __name__ == "__main__":
    Html.gfplint, Html.make_report = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
    unittest.main()
