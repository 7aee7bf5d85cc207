#!/usr/bin/env python3
"""--diff and --patch: only what a change has to do with."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import BAD, CLEAN, CliTest, Tree, main  # noqa: E402

# The mask is chosen in one file, and reaches vmalloc in another.
CALLER = """#include <linux/vmalloc.h>
void *get(unsigned long size, gfp_t gfp);

void *caller(void)
{
	return get(4096, GFP_KERNEL);
}
"""
CALLEE = """#include <linux/vmalloc.h>

void *get(unsigned long size, gfp_t gfp)
{
	return __vmalloc(size, gfp);
}
"""
FILES = {"bad.c": BAD, "clean.c": CLEAN, "caller.c": CALLER, "callee.c": CALLEE}
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Jürgen Tester", "GIT_AUTHOR_EMAIL": "j@example.org",
    "GIT_COMMITTER_NAME": "Jürgen Tester", "GIT_COMMITTER_EMAIL": "j@example.org",
}


class ChangeTest(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.tree.__enter__()
        self.addCleanup(self.tree.__exit__)
        for name, text in FILES.items():
            self.tree.write(name, text)
        self.db = self.tree.database(list(FILES))
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "base")

    def git(self, *words):
        done = subprocess.run(["git", *words], cwd=self.tree.root, capture_output=True, check=False, env=ENVIRONMENT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def edit(self, name, old, new):
        text = self.tree.read(name)
        self.assertIn(old, text)
        self.tree.write(name, text.replace(old, new))

    def findings(self, *words, status, text=None):
        done = subprocess.run([self.program, "check", "-p", self.db, *words], cwd=self.tree.root, input=text,
                              capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        lines = [line for line in done.stdout.decode().splitlines() if ": error: " in line or ": warning: " in line]
        return [line.split(": ")[0].rsplit(":", 1)[0] for line in lines], done.stderr.decode()

    def test_nothing_changed(self):
        found, said = self.findings("--diff", "HEAD", status=0)
        self.assertEqual(found, [])
        self.assertIn("the change is of 0 files; it concerns 0 of ", said)

    def test_a_changed_line(self):
        self.edit("clean.c", "kmalloc(64, GFP_KERNEL)", "__vmalloc(64, GFP_NOWAIT)")
        self.edit("bad.c", "#include", "/* moved */\n#include")
        found, _ = self.findings("--diff=HEAD", status=1)
        self.assertEqual(found, ["clean.c:4"])

    def test_a_finding_elsewhere_that_the_change_made(self):
        self.edit("caller.c", "GFP_KERNEL", "GFP_NOWAIT")
        found, said = self.findings("--diff=HEAD", status=1)
        self.assertTrue(any(line.startswith("calle") for line in found), found)
        self.assertNotIn("bad.c:4", found)
        self.assertIn("the change is of 1 files;", said)

    def test_a_trace_over_a_changed_line(self):
        self.edit("caller.c", "GFP_KERNEL", "GFP_NOWAIT")
        self.git("commit", "-q", "-a", "-m", "bad")
        before, _ = self.findings("--diff=HEAD", status=0)
        self.assertEqual(before, [])
        self.edit("callee.c", "return __vmalloc(size, gfp);", "return __vmalloc(size, gfp); /* touched */")
        after, _ = self.findings("--diff=HEAD", status=1)
        self.assertNotEqual(after, [])
        self.assertNotIn("bad.c:4", after)

    def test_lines_that_were_taken_out(self):
        self.tree.write("lock.c", """#include <linux/sched/mm.h>
#include <linux/slab.h>
void *scoped(void)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(64, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	return p;
}
""")
        self.db = self.tree.database([*FILES, "lock.c"])
        self.git("add", ".")
        self.git("commit", "-q", "-m", "scope")
        self.edit("lock.c", "	memalloc_nofs_restore(flags);\n", "")
        found, _ = self.findings("--diff=HEAD", "--rules=scope-unpaired", status=1)
        self.assertEqual([line.split(":")[0] for line in found], ["lock.c"])

    def test_new_and_unknown_files(self):
        self.tree.write("new.c", BAD.replace("bad_get", "new_get"))
        found, said = self.findings("--diff=HEAD", status=0)
        self.assertEqual(found, [])
        self.assertIn("new.c is changed, but not among the analysed files of the database", said)
        self.db = self.tree.database([*FILES, "new.c"])
        found, said = self.findings("--diff=HEAD", status=1)
        self.assertEqual(found, ["new.c:4"])
        self.assertNotIn("new.c is changed", said)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "new")
        os.remove(os.path.join(self.tree.root, "new.c"))
        found, _ = self.findings("--diff=HEAD", status=0)
        self.assertEqual(found, [])

    def test_names_that_need_quoting(self):
        name = 'a "b" ü.c'
        self.tree.write(name, CLEAN.replace("clean_get", "odd_get"))
        self.db = self.tree.database([*FILES, name])
        self.git("add", ".")
        self.git("commit", "-q", "-m", "odd")
        self.edit(name, "kmalloc(64, GFP_KERNEL)", "__vmalloc(64, GFP_NOWAIT)")
        found, _ = self.findings("--diff=HEAD", status=1)
        self.assertEqual(found, [name + ":4"])
        patch = self.git("diff", "HEAD")
        self.git("checkout", "-q", ".")
        found, _ = self.findings("--patch=-", status=1, text=patch)
        self.assertEqual(found, [name + ":4"])

    def test_patches(self):
        self.edit("clean.c", "kmalloc(64, GFP_KERNEL)", "__vmalloc(64, GFP_NOWAIT)")
        plain = self.git("diff", "HEAD")
        self.git("commit", "-q", "-a", "-m", "clean: überall vmalloc")
        self.edit("clean.c", "#include", "#include <linux/vmalloc.h>\n#include")
        self.git("commit", "-q", "-a", "-m", "clean: include")
        self.git("format-patch", "-q", "--cover-letter", "-o", "mails", "HEAD~2")
        mails = sorted(os.listdir(os.path.join(self.tree.root, "mails")))
        self.assertEqual(len(mails), 3)
        series = "".join(self.tree.read(os.path.join("mails", name)) for name in mails).encode()
        quoted = plain.replace(b"=", b"=3D").replace(b"\t", b"=09")
        encoded = (b"From: =?UTF-8?q?J=C3=BCrgen?= <j@example.org>\nSubject: [PATCH] clean: all vmalloc\n"
                   b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                   b"Content-Transfer-Encoding: quoted-printable\n\nWhy not.\n---\n" + quoted)
        applied, _ = self.findings("--patch=-", status=1, text=series)
        self.assertEqual(applied, ["clean.c:5"])
        self.git("checkout", "-q", "HEAD~2")
        for text, line in [(plain, 4), (series, 5), (encoded, 4)]:
            found, said = self.findings("--patch=-", status=1, text=text)
            self.assertEqual(found, ["clean.c:%d" % line])
            self.assertIn("the change is of 1 files; it concerns ", said)
        self.tree.write("one.patch", plain.decode())
        out = self.run_in(self.tree, "check", "-p", self.db, "--patch", "one.patch", status=1).stdout
        self.assertIn("\treturn __vmalloc(64, GFP_NOWAIT);\n", out)
        # What was analysed of both sides is in the store.
        again = self.run_in(self.tree, "check", "-p", self.db, "--patch", "one.patch", "--stats", status=1)
        self.assertEqual(again.stderr.count(" 0 parsed in this run"), 2, again.stderr)
        self.assertEqual(again.stdout, out)

    def test_mistakes(self):
        for words, text, wanted in [
            (["--diff", "nosuch"], None, "--diff: 'nosuch' names no commit in "),
            (["--diff="], None, "--diff needs a value"),
            (["--diff=-x"], None, "--diff: '-x' names no commit in "),
            (["--patch=gone.patch"], None, "--patch: gone.patch: No such file"),
            (["--patch=."], None, "--patch: .: "),
            (["--patch=-"], b"", "--patch: there is no patch in it"),
            (["--patch=-"], b"hello\n", "--patch: not a patch that git apply takes"),
            (["--patch=-"], b"Subject: hi\n\nonly words\n", "--patch: there is no patch in it"),
            (["--patch=-"], b"\0\1\2\xff" * 100, "--patch: not a patch that git apply takes"),
            (["--patch=-"], b"--- a/clean.c\n+++ b/clean.c\n@@ -1,1 +1,1 @@\n-not there\n+neither\n",
             "the patch neither applies to "),
            (["--patch=-"], b"--- a/../../x\n+++ b/../../x\n@@ -1,1 +1,1 @@\n-a\n+b\n", "x"),
            (["--patch=-", "--diff=HEAD"], b"", "--diff and --patch exclude one another"),
        ]:
            with self.subTest(words=words, text=text):
                found, said = self.findings(*words, status=2, text=text)
                self.assertEqual(found, [])
                self.assertIn(wanted, said)
                self.assertEqual(len(said.strip().splitlines()), 1, said)
        subprocess.run(["rm", "-rf", os.path.join(self.tree.root, ".git")], check=True)
        self.assertIn("is in no git work tree; --patch=FILE needs none", self.findings("--diff=HEAD", status=2)[1])


if __name__ == "__main__":
    main()
