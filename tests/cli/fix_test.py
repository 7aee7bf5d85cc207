#!/usr/bin/env python3
"""Fixes: the diff is one that patch and git take, and in place only the named files change."""
import os
import shutil
import subprocess
import tempfile
import unittest

from harness import FIXABLE, CliTest, Tree, main

FIXED = FIXABLE.replace("GFP_KERNEL | __GFP_NOWARN", "GFP_NOWAIT")
MAINTAINERS = """List of maintainers

DEMO DRIVER
M:\tJane Doe <jane@example.org>
L:\tdemo@lists.example.org (moderated)
F:\tdrivers/demo/

MEMORY
M:\tJohn Doe <john@example.org>
F:\tmm/

THE REST
M:\tNobody <nobody@example.org>
F:\t*
F:\t*/
"""
UNSAFE = FIXABLE.replace("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL")


class FixCommand(CliTest):
    def setUp(self):
        self.tree = Tree("nowait")
        self.addCleanup(self.tree.__exit__)
        self.tree.write("drivers/demo/one.c", FIXABLE)
        self.tree.write("mm/two.c", FIXABLE.replace("fix_get", "two_get").rstrip("\n"))
        self.tree.write("unsafe.c", UNSAFE.replace("fix_get", "unsafe_get"))
        self.db = self.tree.database(["drivers/demo/one.c", "mm/two.c", "unsafe.c"])

    def fixed_by(self, *words):
        """Applies the dry run's diff with a command; returns the tree's files by name."""
        diff = self.run_in(self.tree, "fix", "--dry-run", "-p", self.db, status=0).stdout
        with Tree("nowait") as copy:
            shutil.copytree(self.tree.root, copy.root, dirs_exist_ok=True)
            done = subprocess.run(words, cwd=copy.root, input=diff, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr + diff)
            return {name: text for name, (text, _) in copy.files().items()}

    def in_place(self, *words):
        done = self.run_in(self.tree, "fix", *words, "-p", self.db, status=0)
        return done, {name: text for name, (text, _) in self.tree.files().items()}

    @unittest.skipUnless(shutil.which("patch"), "patch is not installed")
    def test_patch_takes_the_diff(self):
        by_patch = self.fixed_by("patch", "-p1", "-F0", "-s")
        self.assertEqual(by_patch, self.in_place()[1])

    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_git_takes_the_diff(self):
        by_git = self.fixed_by("git", "apply")
        self.assertEqual(by_git, self.in_place()[1])

    def test_clang_apply_replacements_takes_the_export(self):
        program = next((p for p in (f"clang-apply-replacements-{v}" for v in range(19, 23)) if shutil.which(p)), None)
        self.assertIsNotNone(program, "clang-apply-replacements is not installed: apt-get install clang-tools-19")
        before = {name: text for name, (text, _) in self.tree.files().items()}
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_in(self.tree, "fix", f"--export-fixes={folder}/fixes.yaml", "-p", self.db, status=0)
            self.assertEqual(done.stdout, "")
            self.assertEqual({name: text for name, (text, _) in self.tree.files().items()}, before)
            subprocess.run([program, folder], check=True)
        exported = {name: text for name, (text, _) in self.tree.files().items()}
        for name, text in before.items():
            with open(os.path.join(self.tree.root, name), "wb") as file:
                file.write(text)
        self.assertEqual(exported, self.in_place()[1])

    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_git_takes_the_patches(self):
        self.tree.write("MAINTAINERS", MAINTAINERS)
        root, out = self.tree.root, os.path.join(self.tree.root, "out")
        git = ["git", "-C", root, "-c", "user.name=A Committer", "-c", "user.email=c@example.org"]
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
            subprocess.run(git + words, check=True)
        os.environ.update(GIT_AUTHOR_NAME="A. Developer", GIT_AUTHOR_EMAIL="dev@example.org", SOURCE_DATE_EPOCH="1700000000")
        before = {name: text for name, (text, _) in self.tree.files().items() if name.endswith(".c")}
        done = self.run_in(self.tree, "fix", "--unsafe", "--format-patch=" + out, "-p", self.db, status=0)
        patches = done.stdout.split()
        self.assertEqual(patches, [os.path.join(out, name) for name in sorted(os.listdir(out))])
        self.assertEqual(len(patches), 3, patches)
        self.assertEqual({n: t for n, (t, _) in self.tree.files().items() if n.endswith(".c")}, before)
        first = self.tree.read(os.path.relpath(patches[0], root))
        self.assertIn("\nFrom: A. Developer <dev@example.org>\nDate: Tue, 14 Nov 2023 22:13:20 +0000\n", first)
        self.assertIn("\nSubject: [PATCH 1/3] demo: ", first)
        self.assertIn("\nTo: Jane Doe <jane@example.org>\nCc: demo@lists.example.org\n", first)
        self.assertIn("fix_get(): ", first)
        subprocess.run(git + ["am", "-q", *patches], check=True)
        by_git = {n: t for n, (t, _) in self.tree.files().items() if n.endswith(".c")}
        for name, text in before.items():
            with open(os.path.join(root, name), "wb") as file:
                file.write(text)
        after = self.in_place("--unsafe")[1]
        self.assertEqual(by_git, {n: t for n, t in after.items() if n.endswith(".c")})
        self.assertNotEqual(by_git, before)

    def test_in_place(self):
        before = self.tree.files()
        done, after = self.in_place()
        changed = {name for name in after if before.get(name, (None,))[0] != after[name]}
        self.assertEqual(changed, {"drivers/demo/one.c", "mm/two.c"})
        self.assertEqual(after["drivers/demo/one.c"].decode(), FIXED)
        self.assertEqual(set(before), set(after))
        self.assertIn("unsafe.c", done.stderr)
        again = self.in_place()[1]
        self.assertEqual(after, again)

    def test_unsafe_is_asked_for(self):
        after = self.in_place("--unsafe")[1]
        self.assertIn("GFP_NOWAIT", after["unsafe.c"].decode())

    def test_paths_limit_what_is_changed(self):
        self.run_in(self.tree, "fix", "-p", self.db, "mm", status=0)
        self.assertEqual(self.tree.read("drivers/demo/one.c"), FIXABLE)
        self.assertIn("GFP_NOWAIT", self.tree.read("mm/two.c"))

    def test_rules_limit_what_is_changed(self):
        self.run_in(self.tree, "fix", "--rules=scope-unpaired", "-p", self.db, status=0)
        self.assertEqual(self.tree.read("drivers/demo/one.c"), FIXABLE)

    def test_a_header_is_fixed_once(self):
        body = FIXABLE.replace("void *fix_get", "static inline void *header_get")
        self.tree.write("drivers/demo/demo.h", body)
        user = '#include "demo.h"\nvoid *{0}(void)\n{{\n\treturn header_get();\n}}\n'
        self.tree.write("drivers/demo/a.c", user.format("a"))
        self.tree.write("drivers/demo/b.c", user.format("b"))
        db = self.tree.database(["drivers/demo/a.c", "drivers/demo/b.c"])
        self.run_in(self.tree, "fix", "-p", db, status=0)
        self.assertEqual(self.tree.read("drivers/demo/demo.h"), body.replace("GFP_KERNEL | __GFP_NOWARN", "GFP_NOWAIT"))

    def test_files_outside_the_source_root_are_left_alone(self):
        body = FIXABLE.replace("void *fix_get", "static inline void *outside_get")
        with tempfile.TemporaryDirectory() as folder:
            header, source = os.path.join(folder, "outside.h"), os.path.join(folder, "module.c")
            for path, text in ((header, body), (source, FIXABLE.replace("fix_get", "module_get"))):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            self.tree.write("uses.c", '#include "%s"\nvoid *uses(void)\n{\n\treturn outside_get();\n}\n' % header)
            # An entry of the database is the user's own, wherever it lies.
            db = self.tree.database(["uses.c", source])
            done = self.run_in(self.tree, "check", "-p", db, status=1)
            self.assertIn("outside.h lies outside the source root", done.stdout)
            self.run_in(self.tree, "fix", "-p", db, status=0)
            with open(header, encoding="utf-8") as file:
                self.assertEqual(file.read(), body)
            with open(source, encoding="utf-8") as file:
                self.assertIn("GFP_NOWAIT", file.read())

    def test_nothing_to_fix(self):
        self.tree.write("clean.c", "int clean;\n")
        done = self.run_in(self.tree, "fix", "--dry-run", "-p", self.tree.database(["clean.c"]), status=0)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    main()
