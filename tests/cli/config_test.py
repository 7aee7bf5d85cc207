#!/usr/bin/env python3
""".gfplint.yaml: where it is found, what its keys do, what comes before it, and its mistakes with their places."""
import os
import unittest

from harness import BAD, BROKEN, CLEAN, FIXABLE, NOTE, CliTest, Tree, main

CONFIG = ".gfplint.yaml"
# Text, and what is said behind the file's name.
MISTAKES = [
    ("rule: [a]\n", "1:1: unknown key 'rule'; did you mean 'rules'?"),
    ("colour: red\n", "1:1: unknown key 'colour'; known here: rules, paths, severity, ignore"),
    ("rules: [restricted-gfp-site, scope-unpared]\n", "1:30: there is no rule 'scope-unpared' (did you mean scope-unpaired?)"),
    ("rules: [nothing-*]\n", "1:9: there is no rule 'nothing-*'; `gfplint rules` lists them"),
    ("rules:\n  scope-unpaired: maybe\n", "2:19: 'maybe' is neither 'on' nor 'off'"),
    ("rules: [[a]]\n", "1:10: rules is a list of ids, or a mapping of ids to 'on' or 'off'"),
    ("paths: [fs]\n", "1:9: paths has the keys check and exclude"),
    ("paths:\n  excludes: [fs]\n", "2:3: unknown key 'excludes'; did you mean 'exclude'?"),
    ("paths:\n  exclude: [fs, ../x]\n", "2:17: '../x' leads out of the source; write it from the source root on"),
    ("paths:\n  exclude: ['fs/[a']\n", "2:13: 'fs/[a': invalid glob pattern, unmatched '['"),
    ("severity:\n  scope-unpaired: fatal\n", "2:19: there is no severity 'fatal'; one of: note, warning, error, off"),
    ("severity:\n  scope: error\n", "2:3: there is no rule 'scope' (did you mean blocking-mask-in-nowait-scope"),
    ("severity: error\n", "1:11: severity is a mapping of rules to note, warning, error or off"),
    ("ignore:\n  rules: scope-unpaired\n", "2:3: ignore is a list of entries with the keys rules, path, function and reason"),
    ("ignore:\n- {path: fs, reason: x}\n", "2:4: 'rules' is missing: which findings are to be ignored?"),
    ("ignore:\n- {rules: scope-unpaired, reason: x}\n", "2:4: 'path' is missing: in which files?"),
    ("ignore:\n- {rules: scope-unpaired, path: fs}\n", "2:4: 'reason' is missing: why is it right there?"),
    ("ignore:\n- {rules: scope-unpaired, path: fs, reason: ' '}\n", "2:4: 'reason' is missing: why is it right there?"),
    ("ignore:\n- {rules: scope-unpaired, path: fs, why: x}\n", "2:37: unknown key 'why'; known here: rules, path, function, reason"),
    ("severity:\n  scope-unpaired: off\n  scope-unpaired: note\n", "3:3: 'scope-unpaired' is there twice"),
    ("- rules\n", "1:1: a configuration has the keys rules, paths, severity and ignore"),
    ("rules: [restricted-gfp-site\n", "1:28: Could not find closing ]"),
    ("rules: *x\n", "1:8: what begins with '*' must be in quotes"),
    ("paths:\n  exclude: [fs, **/a.c]\n", "2:17: "),
    ("severity:\n  *: off\n", "2:3: "),
    ("ignore:\n- rules: scope-*\n  path: *.c\n  reason: x\n", "3:9: what begins with '*' must be in quotes"),
    ("---\nrules: []\n---\nrules: []\n", "4:1: a file holds one YAML document"),
]


class Configuration(CliTest):
    def setUp(self):
        self.tree = Tree("nowait")
        self.addCleanup(self.tree.__exit__)
        for name, text in (("drivers/a/bad.c", BAD), ("drivers/b/note.c", NOTE), ("fs/x/note.c", NOTE),
                           ("fs/clean.c", CLEAN)):
            self.tree.write(name, text.replace("_get", "_" + name.replace("/", "_")[:-2]))
        self.db = self.tree.database(["drivers/a/bad.c", "drivers/b/note.c", "fs/x/note.c", "fs/clean.c"])

    def places(self, *words, config=None):
        if config is not None:
            self.tree.write(CONFIG, config)
        found = self.findings(self.tree, "-p", self.db, *words)["findings"]
        return {(f["file"], f["rule"], f["severity"]) for f in found}

    def files(self, *words, config=None):
        return {file for file, _, _ in self.places(*words, config=config)}

    ALL = {("drivers/a/bad.c", "vmalloc-restricted-flags", "error"), ("drivers/a/bad.c", "restricted-gfp-site", "note"),
           ("drivers/b/note.c", "restricted-gfp-site", "note"), ("fs/x/note.c", "restricted-gfp-site", "note")}

    def test_says_nothing(self):
        self.assertEqual(self.places(), self.ALL)
        for text in ("", "# nothing\n", "---\n", "rules:\npaths:\nseverity:\nignore:\n", "rules: []\nignore: []\n"):
            self.assertEqual(self.places(config=text), self.ALL, text)

    def test_mistakes(self):
        for text, answer in MISTAKES:
            with self.subTest(text):
                self.tree.write(CONFIG, text)
                done = self.run_in(self.tree, "check", "-p", self.db, status=2)
                self.assertEqual(done.stdout, "")
                told = done.stderr.splitlines()
                self.assertEqual(len(told), 1, done.stderr)
                self.assertTrue(told[0].startswith(f"gfplint: {self.tree.path(CONFIG)}:{answer}"), told[0])
                self.run_in(self.tree, "fix", "--dry-run", "-p", self.db, status=2)
                # What it does not concern goes on.
                self.run_in(self.tree, "dump-ir", "-p", self.db, status=0)

    def test_where_it_is(self):
        one = "rules: [vmalloc-*]\n"
        outer = Tree("nowait")
        self.addCleanup(outer.__exit__)
        # Above the source root; the nearer one hides it.
        inner = os.path.join(outer.root, "linux")
        os.rename(self.tree.root, inner)
        self.tree.root = inner
        self.db = self.tree.database(["drivers/a/bad.c", "drivers/b/note.c"])
        outer.write(CONFIG, one)
        self.assertEqual(self.files(), {"drivers/a/bad.c"})
        self.assertEqual(self.files(config=""), {"drivers/a/bad.c", "drivers/b/note.c"})
        # A named one hides both, and /dev/null is none.
        self.tree.write("other.yaml", "rules: [-vmalloc-*]\npaths: {exclude: drivers/a}\n")
        self.assertEqual(self.files("--config=other.yaml"), {"drivers/b/note.c"})
        self.tree.write(CONFIG, "rules: [scope-*]\n")
        self.assertEqual(self.files(), set())
        self.assertEqual(self.files("--config=/dev/null"), {"drivers/a/bad.c", "drivers/b/note.c"})
        done = self.run_in(self.tree, "check", "-p", self.db, "--verbose", status=0)
        self.assertIn(f"gfplint: configuration: {self.tree.path(CONFIG)}\n", done.stderr)
        for name, answer in (("no.yaml", "No such file"), ("fs", "is a folder")):
            done = self.run_in(self.tree, "check", "-p", self.db, f"--config={name}", status=2)
            self.assertIn(f"gfplint: --config: {name}: {answer}", done.stderr)
        self.assertIn("--config: which file?", self.run_in(self.tree, "check", "-p", self.db, "--config=", status=2).stderr)

    def test_rules(self):
        vmalloc = {p for p in self.ALL if p[1].startswith("vmalloc")}
        for text in ("rules: [vmalloc-restricted-flags]\n", "rules: vmalloc-restricted-flags,scope-*\n",
                     "rules:\n- -restricted-gfp-site\n", "rules: {restricted-gfp-site: off}\n",
                     "rules: {vmalloc-*: on}\n", "severity: {restricted-gfp-site: off}\n",
                     "severity: {restricted-*: off}\n"):
            self.assertEqual(self.places(config=text), vmalloc, text)
        # The command line comes before it.
        for text in ("rules: [vmalloc-restricted-flags]\n", "severity: {restricted-gfp-site: off}\n"):
            self.assertEqual(self.places("--rules=restricted-gfp-site", config=text), self.ALL - vmalloc, text)
        # Leaving out one more does not bring back what is off.
        self.assertEqual(self.places("--rules=-scope-unpaired", config="severity: {restricted-gfp-site: off}\n"), vmalloc)

    def test_severity(self):
        text = "severity:\n  restricted-gfp-site: error\n  vmalloc-*: note\n  vmalloc-restricted-flags: warning\n"
        self.assertEqual({(rule, level) for _, rule, level in self.places(config=text)},
                         {("restricted-gfp-site", "error"), ("vmalloc-restricted-flags", "warning")})
        self.run_in(self.tree, "check", "-p", self.db, "fs", status=1)
        self.tree.write(CONFIG, "severity: {vmalloc-*: note}\n")
        self.run_in(self.tree, "check", "-p", self.db, status=0)
        self.run_in(self.tree, "check", "-p", self.db, "--fail-on=note", status=1)

    def test_paths(self):
        for text, files in (
            ("{check: fs}", {"fs/x/note.c"}),
            ("{check: [drivers/b/, fs/clean.c]}", {"drivers/b/note.c"}),
            ("{check: [drivers], exclude: [drivers/a]}", {"drivers/b/note.c"}),
            ("{exclude: ['*/*/note.c']}", {"drivers/a/bad.c"}),
            ("{exclude: ['**/note.c']}", {"drivers/a/bad.c"}),
            ("{exclude: ['drivers/*']}", {"fs/x/note.c"}),
            ("{exclude: ['*/[!a]']}", {"drivers/a/bad.c"}),
            ("{exclude: ['*.c', 'note.c', driver, /drivers]}", {"drivers/a/bad.c", "drivers/b/note.c", "fs/x/note.c"}),
            ("{check: .}", {"drivers/a/bad.c", "drivers/b/note.c", "fs/x/note.c"}),
        ):
            self.assertEqual(self.files(config=f"paths: {text}\n"), files, text)

    def test_paths_on_the_command_line_come_first(self):
        self.assertEqual(self.files("drivers", config="paths: {check: fs}\n"), {"drivers/a/bad.c", "drivers/b/note.c"})
        self.assertEqual(self.files("drivers", config="paths: {exclude: drivers/a}\n"), {"drivers/b/note.c"})
        self.assertEqual(self.files("drivers/a"), {"drivers/a/bad.c"})
        self.assertEqual(self.files("drivers/a/bad.c", "fs"), {"drivers/a/bad.c", "fs/x/note.c"})
        # Only for what lies there.
        self.assertEqual(self.files("drivers/a", "drivers", config="paths: {exclude: 'drivers/*'}\n"), {"drivers/a/bad.c"})

    def test_what_is_excluded_is_not_analysed(self):
        self.tree.write("fs/broken.c", BROKEN)
        self.db = self.tree.database(["fs/broken.c", "fs/x/note.c"])
        self.run_in(self.tree, "check", "-p", self.db, status=2)
        self.tree.write(CONFIG, "paths: {exclude: [fs/broken.c]}\n")
        self.run_in(self.tree, "check", "-p", self.db, status=0)
        self.assertIn("fs/x/note.c", self.run_in(self.tree, "sites", "-p", self.db, status=0).stdout)
        self.tree.write(CONFIG, "paths: {exclude: [fs]}\n")
        done = self.run_in(self.tree, "check", "-p", self.db, status=2)
        self.assertIn(f"{CONFIG}: 'paths' leaves none of 2 C files", done.stderr)

    def test_ignore(self):
        for text, left in (
            ("{rules: restricted-gfp-site, path: drivers, reason: x}", {"drivers/a/bad.c", "fs/x/note.c"}),
            ("{rules: ['*'], path: drivers/a/bad.c, reason: x}", {"drivers/b/note.c", "fs/x/note.c"}),
            ("{rule: restricted-*, path: '**/note.c', function: 'note_d*', reason: x}", {"drivers/a/bad.c", "fs/x/note.c"}),
            ("{rules: [scope-unpaired], path: ., reason: x}", {"drivers/a/bad.c", "drivers/b/note.c", "fs/x/note.c"}),
        ):
            self.assertEqual(self.files(config=f"ignore:\n- {text}\n"), left, text)

    def test_ignore_counts_for_status_and_says_what_is_unused(self):
        self.tree.write(CONFIG, "ignore:\n- rules: vmalloc-restricted-flags\n  path: drivers\n  reason: |\n    Called early,\n"
                                "    by nobody else.\n- {rules: scope-unpaired, path: fs, reason: x}\n")
        done = self.run_in(self.tree, "check", "-p", self.db, "--verbose", status=0)
        self.assertIn(f"{CONFIG}:7: no finding of scope-unpaired in 'fs' is ignored by this", done.stderr)
        self.assertNotIn(f"{CONFIG}:2", done.stderr)
        self.assertIn(f"1 finding is not shown: 0 by ignores in the source, 1 by {self.tree.path(CONFIG)}, 0 by", done.stderr)
        self.assertEqual(self.run_in(self.tree, "check", "-p", self.db, status=0).stderr.count(CONFIG), 0)
        # Its rule did not run.
        done = self.run_in(self.tree, "check", "-p", self.db, "--verbose", "--rules=restricted-gfp-site", status=0)
        self.assertNotIn("is ignored by this", done.stderr)

    def test_an_ignore_in_the_source_is_used_all_the_same(self):
        self.tree.write("fs/x/note.c", NOTE.replace("\treturn", "\t/* gfplint-ignore: restricted-gfp-site -- why */\n\treturn"))
        text = "ignore:\n- {rules: restricted-gfp-site, path: fs, reason: x}\n"
        self.assertEqual(self.files("fs", config=text), set())
        self.assertNotIn("is ignored by this", self.run_in(self.tree, "check", "-p", self.db, "--verbose").stderr)
        # Nor does it matter where nothing is unused.
        self.tree.write("fs/clean.c", CLEAN.replace("\treturn", "\t/* gfplint-ignore: scope-unpaired -- why */\n\treturn"))
        self.assertEqual(self.places("fs"), {("fs/clean.c", "unused-ignore", "note")})
        self.assertEqual(self.places("fs", config="severity: {unused-ignore: error}\n" + text),
                         {("fs/clean.c", "unused-ignore", "error")})
        self.assertEqual(self.places("fs", config="severity: {unused-ignore: off}\n" + text), set())
        self.assertEqual(self.places("fs", config=text + "- {rules: unused-ignore, path: fs, reason: y}\n"), set())

    def test_fix(self):
        self.tree.write("fs/fix.c", FIXABLE)
        self.db = self.tree.database(["fs/fix.c"])
        self.assertNotEqual(self.run_in(self.tree, "fix", "--dry-run", "-p", self.db, status=0).stdout, "")
        for text in ("ignore:\n- {rules: '*', path: fs, reason: x}\n", "severity: {'*': off}\n", "rules: [scope-*]\n"):
            self.tree.write(CONFIG, text)
            self.assertEqual(self.run_in(self.tree, "fix", "--dry-run", "-p", self.db, status=0).stdout, "", text)
        self.tree.write(CONFIG, "paths: {exclude: fs}\n")
        self.run_in(self.tree, "fix", "--dry-run", "-p", self.db, status=2)


class Module(CliTest):
    """A module outside of the kernel that it is built against."""

    def test_its_own_configuration(self):
        with Tree("nowait") as kernel, Tree("nowait") as module:
            for name in ("Makefile", "include"):
                os.rename(module.path(name), module.path("no-" + name))
            module.write("src/bad.c", BAD)
            entry = module.entry("src/bad.c")
            entry["arguments"] = [w.replace("-Iinclude", f"-I{kernel.path('include')}") for w in entry["arguments"]]
            import json
            module.write("compile_commands.json", json.dumps([entry]))
            db = module.path("compile_commands.json")
            self.assertEqual(len(self.findings(module, "-p", db)["findings"]), 2)
            module.write(CONFIG, "ignore:\n- {rules: vmalloc-*, path: src, reason: x}\n")
            self.assertEqual([f["rule"] for f in self.findings(module, "-p", db)["findings"]], ["restricted-gfp-site"])


if __name__ == "__main__":
    main()
