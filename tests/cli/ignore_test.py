#!/usr/bin/env python3
"""`gfplint-ignore` in the source: where it holds, when it does not count, when it is called unused."""
import json
import subprocess
import unittest

from harness import BAD, FIXABLE, CliTest, Tree, main

HEAD = "#include <linux/slab.h>\n#include <linux/vmalloc.h>\nvoid *other(void *, int);\n"
SITE = "restricted-gfp-site"
# Statements with one finding of restricted-gfp-site, in a function; whether the ignore holds for it.
HOLDS = {
    "the line above": "/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_NOFS);",
    "the line itself": "return kmalloc(8, GFP_NOFS); /* gfplint-ignore: restricted-gfp-site -- why */",
    "before the code of its line": "/* gfplint-ignore: restricted-gfp-site -- why */ return kmalloc(8, GFP_NOFS);",
    "a line comment above": "// gfplint-ignore: restricted-gfp-site -- why\nreturn kmalloc(8, GFP_NOFS);",
    "a line comment behind": "return kmalloc(8, GFP_NOFS); // gfplint-ignore: restricted-gfp-site -- why",
    "a comment of several lines":
        "/*\n * Called at mount.\n *\n * gfplint-ignore: restricted-gfp-site -- the lock is\n * taken in reclaim\n */\n"
        "return kmalloc(8, GFP_NOFS);",
    "a rule on the next line":
        "/* gfplint-ignore:\n *   kvmalloc-no-fallback, unused-ignore,\n *   restricted-gfp-site\n * -- why */\n"
        "return kmalloc(8, GFP_NOFS);",
    "behind other words": "/* Sad. gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_NOFS);",
    "a further comment in between":
        "/* gfplint-ignore: restricted-gfp-site -- why */\n/* Eight is enough. */\nreturn kmalloc(8, GFP_NOFS);",
    "above a call of several lines":
        "/* gfplint-ignore: restricted-gfp-site -- why */\nreturn other(\n\tNULL,\n\t8) ?:\n\tkmalloc(8,\n\t\tGFP_NOFS);",
    "within a call of several lines":
        "return kmalloc(\n\t/* gfplint-ignore: restricted-gfp-site -- why */\n\t8,\n\tGFP_NOFS);",
    "behind the first line of a call":
        "return kmalloc(8, /* gfplint-ignore: restricted-gfp-site -- why */\n\tGFP_NOFS);",
    "behind the last line of a call":
        "return kmalloc(8,\n\tGFP_NOFS); /* gfplint-ignore: restricted-gfp-site -- why */",
    "above a condition":
        "void *p;\n/* gfplint-ignore: restricted-gfp-site -- why */\nif (!(p = kmalloc(8,\n\tGFP_NOFS))) {\n\treturn NULL;\n}\n"
        "return p;",
    "two for one statement":
        "/* gfplint-ignore: restricted-gfp-site -- why */\n/* gfplint-ignore: kvmalloc-no-fallback, unused-ignore -- x */\n"
        "return kmalloc(8, GFP_NOFS);",
    "with a strange reason": "/* gfplint-ignore: restricted-gfp-site -- \u00fcber -- \"that\" */\nreturn kmalloc(8, GFP_NOFS);",
    "a directive within the statement":
        "/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8,\n#ifdef NOT_SET\n\tGFP_KERNEL\n#else\n\tGFP_NOFS\n#endif\n\t);",
    "an apostrophe in a directive":
        "#ifdef NOT_SET\n#error don't\n#endif\n/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_NOFS);",
}
DOES_NOT_HOLD = {
    "two lines above": "/* gfplint-ignore: restricted-gfp-site -- why */\n\nreturn kmalloc(8, GFP_NOFS);",
    "behind the statement above":
        "other(NULL, 1); /* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_NOFS);",
    "above the condition, for the body":
        "/* gfplint-ignore: restricted-gfp-site -- why */\nif (other(NULL, 1)) {\n\treturn kmalloc(8, GFP_NOFS);\n}\nreturn NULL;",
    "another rule": "/* gfplint-ignore: kvmalloc-no-fallback -- why */\nreturn kmalloc(8, GFP_NOFS);",
    "in a string": 'other("/* gfplint-ignore: restricted-gfp-site -- why */", 1); return kmalloc(8, GFP_NOFS);',
    "in a string above":
        'other(\n"// gfplint-ignore: restricted-gfp-site -- why", 1);\nreturn kmalloc(8, GFP_NOFS);',
    "the line below": "void *p = kmalloc(8, GFP_NOFS);\n/* gfplint-ignore: restricted-gfp-site -- why */\nreturn p;",
}
# What does not count, and what is said about it.
BROKEN = {
    "gfplint-ignore: restricted-gfp-site": "it gives no reason",
    "gfplint-ignore: restricted-gfp-site --": "it gives no reason",
    "gfplint-ignore: restricted-gfp-site -- ...": "it gives no reason",
    "gfplint-ignore: restricted-gfp-site because": "it gives no reason",
    "gfplint-ignore: -- why": "it names no rule",
    "gfplint-ignore:": "it names no rule",
    "gfplint-ignore restricted-gfp-site -- why": "a colon is missing",
    "gfplint-ignore: restricted-gfp-sites -- why": "there is no rule 'restricted-gfp-sites' (did you mean restricted-gfp-site?)",
    "gfplint-ignore: restricted-gfp-site, all -- why": "there is no rule 'all'; `gfplint rules` lists them",
    "gfplint-ignore: restricted-* -- why": "there is no rule 'restricted-*'",
}
# No ignores at all, whatever they look like.
PROSE = ["see gfplint-ignore in the manual", "gfplint-ignored: x", "my-gfplint-ignore: x", "GFPLINT-IGNORE: x"]


def function(body, name="f"):
    return f"{HEAD}void *{name}(void)\n{{\n{body}\n}}\n"


class Ignore(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)

    def check(self, text, *words, name="a.c"):
        """The findings of a file as {(rule, line)} and as the messages of unused-ignore."""
        self.tree.write(name, text)
        found = self.findings(self.tree, "-p", self.tree.database([name]), *words)["findings"]
        return {(f["rule"], f["line"]) for f in found}, [f["message"] for f in found if f["rule"] == "unused-ignore"]

    def test_where_it_holds(self):
        for name, body in HOLDS.items():
            with self.subTest(name):
                self.assertEqual(self.check(function(body)), (set(), []))

    def test_where_it_does_not_hold(self):
        for name, body in DOES_NOT_HOLD.items():
            with self.subTest(name):
                places, about = self.check(function(body))
                self.assertEqual([rule for rule, _ in places if rule != "unused-ignore"], [SITE])
                if '"' not in body:
                    self.assertEqual(len(about), 1)
                    self.assertIn("there is no finding of", about[0])

    def test_what_does_not_count(self):
        for said, answer in BROKEN.items():
            with self.subTest(said):
                self.tree.write("a.c", function(f"/* {said} */\nreturn kmalloc(8, GFP_NOFS);"))
                done = self.run_in(self.tree, "check", "--format=json", "-p", self.tree.database(["a.c"]), status=1)
                found = json.loads(done.stdout)["findings"]
                self.assertEqual([(f["rule"], f["line"], f["severity"]) for f in found],
                                 [("unused-ignore", 6, "warning"), (SITE, 7, "note")])
                self.assertTrue(found[0]["message"].startswith("this ignore does not count: " + answer), found[0])
                self.assertEqual(found[0]["column"], 4)

    def test_prose_is_no_ignore(self):
        for said in PROSE:
            with self.subTest(said):
                places, _ = self.check(function(f"/* {said} */\nreturn kmalloc(8, GFP_NOFS);"))
                self.assertEqual(places, {(SITE, 7)})

    def test_what_does_not_count_is_said_where_the_rule_does_not_run(self):
        self.tree.write("a.c", function("/* gfplint-ignore: restricted-gfp-site */\nreturn kmalloc(8, GFP_NOFS);"))
        done = self.run_in(self.tree, "check", "-p", self.tree.database(["a.c"]), f"--rules={SITE}", status=0)
        self.assertIn("gfplint: a.c:6: this ignore does not count: it gives no reason", done.stderr)
        self.assertNotIn("unused-ignore", done.stdout)

    def test_unused(self):
        stale = function("/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_KERNEL);")
        places, about = self.check(stale)
        self.assertEqual(places, {("unused-ignore", 6)})
        self.assertEqual(about, ["there is no finding of restricted-gfp-site in this statement: the ignore can go"])
        # One of two.
        both = stale.replace("gfp-site --", "gfp-site, vmalloc-restricted-flags --").replace("GFP_KERNEL", "GFP_NOFS")
        self.assertEqual(self.check(both)[1],
                         ["there is no finding of vmalloc-restricted-flags in this statement: the ignore can go"])
        # Its rule did not run, or it is not to be reported.
        for words in (["--rules=unused-ignore"], ["--rules=unused-ignore,scope-unpaired"], ["--rules=-unused-ignore"],
                      ["--rules=-restricted-gfp-site"]):
            self.assertEqual(self.check(stale, *words), (set(), []), words)
        self.assertEqual(len(self.check(stale, f"--rules=unused-ignore,{SITE}")[1]), 1)
        # With PATHs other files were not looked at.
        self.assertEqual(
            self.check(stale, "a.c")[1],
            ["there is no finding of restricted-gfp-site in this statement: if a run over all files has none either, "
             "the ignore can go"])

    def test_a_rule_that_cannot_work_on_the_tree_is_not_unused(self):
        text = function("/* gfplint-ignore: blocking-mask-in-nowait-scope -- why */\nreturn kmalloc(8, GFP_KERNEL);")
        self.assertEqual(self.check(text), (set(), []))
        with Tree("nowait") as tree:
            tree.write("a.c", text)
            found = self.findings(tree, "-p", tree.database(["a.c"]))["findings"]
            self.assertEqual([f["rule"] for f in found], ["unused-ignore"])

    def test_what_may_be_unused(self):
        places, _ = self.check(function(
            "/* gfplint-ignore: restricted-gfp-site, unused-ignore -- only on old kernels */\nreturn kmalloc(8, GFP_KERNEL);"))
        self.assertEqual(places, set())

    def test_inside_a_condition_it_is_never_unused(self):
        stale = "/* gfplint-ignore: restricted-gfp-site -- why */\n"
        text = function(f"#ifdef NOT_SET\n{stale}return kmalloc(8, GFP_NOFS);\n#else\nreturn NULL;\n#endif")
        self.assertEqual(self.check(text), (set(), []))
        # A header's guard is no such condition.
        self.tree.write("include/demo.h", f"/* Demo. */\n#ifndef DEMO_H\n#define DEMO_H\nstatic inline int demo(void)\n{{\n{stale}"
                                          "return 1;\n}\n#endif\n")
        places, about = self.check('#include <demo.h>\nint a(void) { return demo(); }\n')
        self.assertEqual(places, {("unused-ignore", 6)})
        self.assertEqual(len(about), 1)

    def test_in_a_header(self):
        self.tree.write("include/demo.h", function("/* gfplint-ignore: restricted-gfp-site -- why */\n"
                                                   "return kmalloc(8, GFP_NOFS);").replace("void *f", "static inline void *f"))
        for name in ("a.c", "b.c"):
            self.tree.write(name, f"#include <demo.h>\nvoid *{name[0]}(void) {{ return f(); }}\n")
        db = self.tree.database(["a.c", "b.c"])
        self.assertEqual(self.findings(self.tree, "-p", db)["findings"], [])
        # Only what was asked for: the header is another run's.
        self.tree.write("include/demo.h", self.tree.read("include/demo.h").replace("GFP_NOFS", "GFP_KERNEL"))
        self.assertEqual([f["file"] for f in self.findings(self.tree, "-p", db)["findings"]], ["include/demo.h"])
        self.assertEqual(self.findings(self.tree, "-p", db, "a.c")["findings"], [])

    def test_a_file_that_failed_is_not_judged(self):
        self.tree.write("a.c", function("/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_KERNEL)"))
        done = self.run_in(self.tree, "check", "-p", self.tree.database(["a.c"]), status=2)
        self.assertEqual(done.stdout, "")

    def test_the_second_run_says_the_same(self):
        self.tree.write("a.c", function("/* gfplint-ignore: restricted-gfp-site -- why */\nreturn kmalloc(8, GFP_KERNEL);"))
        self.tree.write("b.c", function("return kmalloc(8, GFP_NOFS);", "g"))
        db = self.tree.database(["a.c", "b.c"])
        first = self.run_in(self.tree, "check", "-p", db, status=0).stdout
        self.assertIn("[unused-ignore]", first)
        self.assertEqual(self.run_in(self.tree, "check", "-p", db, status=0).stdout, first)
        self.assertEqual(self.run_in(self.tree, "check", "--no-cache", "-p", db, status=0).stdout, first)
        # An ignore that was put in since, and one that went.
        self.tree.write("b.c", function("/* gfplint-ignore: restricted-gfp-site -- y */\nreturn kmalloc(8, GFP_NOFS);", "g"))
        self.tree.write("a.c", function("return kmalloc(8, GFP_KERNEL);"))
        self.assertEqual(self.run_in(self.tree, "check", "-p", db, status=0).stdout, "")

    def test_other_fingerprints_stay(self):
        two = "void *p = kmalloc(8, GFP_NOFS);\n{}return other(p, 1) ?: kmalloc(8, GFP_NOFS);"
        self.tree.write("a.c", function(two.format("")))
        db = self.tree.database(["a.c"])
        before = [f["fingerprint"] for f in self.findings(self.tree, "-p", db)["findings"]]
        self.assertEqual(len(set(before)), 2)
        ignore = "/* gfplint-ignore: restricted-gfp-site -- why */\n"
        self.tree.write("a.c", function(two.format(ignore)))
        self.assertEqual([f["fingerprint"] for f in self.findings(self.tree, "-p", db)["findings"]], before[:1])
        self.tree.write("a.c", function(ignore + two.format("")))
        self.assertEqual([f["fingerprint"] for f in self.findings(self.tree, "-p", db)["findings"]], before[1:])

    def test_exit_status_and_count(self):
        text = BAD.replace("\treturn", "\t/* gfplint-ignore: vmalloc-restricted-flags, restricted-gfp-site -- why */\n\treturn")
        self.tree.write("a.c", text)
        db = self.tree.database(["a.c"])
        done = self.run_in(self.tree, "check", "--verbose", "--fail-on=note", "-p", db, status=0)
        self.assertEqual(done.stdout, "")
        self.assertIn("2 findings are not shown: 2 by ignores in the source", done.stderr)

    def test_since_a_commit(self):
        def git(*words):
            subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b", *words], cwd=self.tree.root, check=True,
                           capture_output=True, timeout=60)

        ignore = "/* gfplint-ignore: restricted-gfp-site -- why */\n"
        for name in ("a", "b", "stale"):
            mask = "GFP_KERNEL" if name == "stale" else "GFP_NOFS"
            self.tree.write(f"{name}.c", function(f"{ignore}return kmalloc(8,\n\t{mask});", name))
        names = ["a.c", "b.c", "stale.c"]
        db = self.tree.database(names)
        for words in (["init", "-q"], ["add", *names], ["commit", "-qm", "one"]):
            git(*words)
        # What was unused before is no news; that another became so is, and a finding that lost its ignore.
        self.tree.write("a.c", function("return kmalloc(8,\n\tGFP_NOFS);", "a"))
        self.tree.write("b.c", self.tree.read("b.c").replace("GFP_NOFS", "GFP_KERNEL"))
        wanted = [("a.c", SITE), ("b.c", "unused-ignore")]
        found = self.findings(self.tree, "-p", db, "--diff=HEAD")["findings"]
        self.assertEqual([(f["file"], f["rule"]) for f in found], wanted)
        # As a patch that is not applied.
        patch = subprocess.run(["git", "diff"], cwd=self.tree.root, check=True, capture_output=True, timeout=60).stdout
        git("checkout", "-q", ".")
        with open(self.tree.path("x.patch"), "wb") as out:
            out.write(patch)
        found = self.findings(self.tree, "-p", db, "--patch=x.patch")["findings"]
        self.assertEqual([(f["file"], f["rule"]) for f in found], wanted)
        self.run_in(self.tree, "check", "-p", db, "--diff=HEAD", "--write-baseline=b", status=2)

    def test_fix_leaves_it_alone(self):
        with Tree("nowait") as tree:
            tree.write("a.c", FIXABLE)
            db = tree.database(["a.c"])
            self.assertIn("-\tvoid *ptr", self.run_in(tree, "fix", "--dry-run", "-p", db, status=0).stdout)
            rules = {f["rule"] for f in self.findings(tree, "-p", db)["findings"] if "fix" in f}
            ignored = FIXABLE.replace("\tvoid *ptr", f"\t/* gfplint-ignore: {', '.join(rules)} -- why */\n\tvoid *ptr")
            tree.write("a.c", ignored)
            self.run_in(tree, "fix", "--unsafe", "-p", db, status=0)
            self.assertEqual(tree.read("a.c"), ignored)


if __name__ == "__main__":
    main()
