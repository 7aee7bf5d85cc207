#!/usr/bin/env python3
"""`gfplint explain`: each rule's page has all its parts, and its examples are what it says they are.

An example is the C of a page's fences. tests/rules/RULE/page.h holds what it leaves out (includes, structures);
`/* tree: KIND */` there chooses the mini kernel. A line of a bad example that a comment ends with `error`, `warning`
or `note` has a finding of that severity, no other line has one, and no good example has any.
"""
import json
import os
import re
import unittest

from harness import CliTest, Tree, main

import run_cases

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASES = os.path.join(ROOT, "tests", "rules")
PARTS = [
    "What it finds",
    "Why it matters",
    "Example",
    "Use instead",
    "Fix",
    "Kernel versions",
    "Severity and doubts",
    "Known limits",
    "How to silence",
]
# What a page may have besides.
MORE_PARTS = {"How it was tried"}
FENCE = re.compile(r"^```c\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r"/\* (error|warning|note)\b[^*]*\*/$")
# A file of the kernel's source or documentation, or a commit.
REFERENCE = re.compile(r"\b(?:Documentation|include|mm|lib|kernel|fs)/[\w/.-]+\.(?:rst|h|c)\b|\b[0-9a-f]{12}\b")
# What the Fix part promises; `display` fixes are for people.
PROMISE = re.compile(r"\b(safe|unsafe|none)\b", re.I)


def parts_of(page):
    """The page's parts in their order: [(heading, text)]."""
    pieces = re.split(r"^## (.+)$", page, flags=re.M)
    return list(zip(pieces[1::2], (text.strip() for text in pieces[2::2])))


class Explain(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)

    def rules(self):
        lines = self.run_in(self.tree, "rules", status=0).stdout.splitlines()
        found = {line.split()[0]: line.split()[1] for line in lines}
        self.assertGreaterEqual(len(found), 11)
        return found

    def page(self, rule):
        return self.run_in(self.tree, "explain", rule, status=0).stdout

    def test_each_rule_has_a_whole_page(self):
        for rule in self.rules():
            with self.subTest(rule=rule):
                page = self.page(rule)
                self.assertTrue(page.startswith(f"# {rule}\n"), page[:60])
                parts = parts_of(page)
                self.assertEqual([name for name, _ in parts if name not in MORE_PARTS], PARTS)
                for name, text in parts:
                    self.assertGreater(len(text), 3, name)
                    self.assertNotIn("TODO", text)
                told = dict(parts)
                self.assertRegex(told["Why it matters"], REFERENCE)
                self.assertRegex(told["Fix"], PROMISE)
                self.assertTrue(FENCE.search(told["Example"]))
                self.assertTrue(FENCE.search(told["Use instead"]))
                self.assertIn(f"gfplint-ignore: {rule} -- ", told["How to silence"])
                self.assertNotIn("@", told["How to silence"])

    def test_each_page_has_a_rule(self):
        pages = {name[:-3] for name in os.listdir(os.path.join(ROOT, "rules")) if re.fullmatch(r"[a-z]+(-[a-z]+)+\.md", name)}
        self.assertEqual(pages, set(self.rules()))

    def findings(self, rule, example):
        """The findings of a rule in an example, with lines of the example, and the tree that it was in."""
        with open(os.path.join(CASES, rule, "page.h"), encoding="utf-8") as file:
            before = file.read()
        _, options = run_cases.read_comments("page.h", before)
        with Tree(options["tree"]) as tree:
            tree.write("page.h", before)
            tree.write("example.c", f'#include "page.h"\n{example}')
            db = tree.database(["example.c"])
            done = self.run_in(tree, "check", "--format=json", f"--rules={rule}", "-p", db)
            self.assertIn(done.returncode, (0, 1), f"{done.stderr}\n{example}")
            self.assertEqual(done.stderr, "")
            return json.loads(done.stdout)["findings"]

    def test_bad_examples_are_found_where_they_say(self):
        for rule in self.rules():
            with self.subTest(rule=rule):
                told = dict(parts_of(self.page(rule)))
                for example in FENCE.findall(told["Example"]):
                    wanted = set()
                    for number, line in enumerate(example.splitlines(), 1):
                        if mark := MARK.search(line):
                            wanted.add((number, mark.group(1)))
                    self.assertTrue(wanted, "no line says that it has a finding")
                    findings = self.findings(rule, example)
                    self.assertEqual({(f["line"] - 1, f["severity"]) for f in findings}, wanted, example)
                    for finding in findings:
                        self.assertEqual((finding["rule"], finding["file"]), (rule, "example.c"))
                        self.check_fix(finding, told["Fix"])

    def check_fix(self, finding, promise):
        """A fix that the example is offered is one that the page speaks of."""
        offered = finding.get("fix", {}).get("applicability")
        if offered is None:
            return
        words = {"safe": "safe", "unsafe": "unsafe", "display": "shown"}
        self.assertRegex(promise, rf"(?i)\b{words[offered]}\b")

    def test_good_examples_are_clean(self):
        for rule in self.rules():
            told = dict(parts_of(self.page(rule)))
            for example in FENCE.findall(told["Use instead"]):
                with self.subTest(rule=rule, example=example):
                    self.assertEqual(self.findings(rule, example), [])

    def test_unknown_rule_names_what_is_like_it(self):
        cases = [
            ("scope-unpared", "did you mean scope-unpaired?"),
            ("vmaloc-restricted-flags", "did you mean vmalloc-restricted-flags?"),
            ("Scope-Unpaired", "did you mean scope-unpaired?"),
            ("atomic", "did you mean blocking-alloc-in-atomic?"),
            ("unpaired", "did you mean scope-unpaired?"),
        ]
        for word, says in cases:
            with self.subTest(word=word):
                done = self.run_in(self.tree, "explain", word, status=2)
                self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))
                self.assertIn(f"no rule '{word}'", done.stderr)
                self.assertIn(says, done.stderr)
        done = self.run_in(self.tree, "explain", "something-else-altogether", status=2)
        self.assertNotIn("did you mean", done.stderr)
        db = self.tree.database(["Makefile.c"])
        done = self.run_in(self.tree, "check", "--rules=-scope-unpared", "-p", db, status=2)
        self.assertIn("did you mean scope-unpaired?", done.stderr)

    def test_explain_wants_one_rule(self):
        for words in ([], ["scope-unpaired", "kvmalloc-no-fallback"]):
            done = self.run_in(self.tree, "explain", *words, status=2)
            self.assertIn("explain which rule?", done.stderr)


if __name__ == "__main__":
    main()
