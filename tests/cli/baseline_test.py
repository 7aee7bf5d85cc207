#!/usr/bin/env python3
"""--baseline and --write-baseline: what is known is no news; stale entries, refreshing, and broken files."""
import os
import re
import subprocess
import unittest

from harness import BAD, BROKEN, CLEAN, FIXABLE, NOTE, CliTest, Tree, main

TITLE = "# gfplint baseline 1\n"
ENTRY = "0123456789abcdef # retired-rule fs/x.c: f()\n"
# Bytes of a file, and what is said behind its name.
MISTAKES = [
    (b"", ":1: this is no gfplint baseline"),
    (b"hello\n", ":1: this is no gfplint baseline"),
    (b"\x7fELF\0\0\0\0", ":1: this is no gfplint baseline"),
    (ENTRY.encode(), ":1: this is no gfplint baseline"),
    (b"# gfplint baseline 2\n", ":1: this is a baseline of format '2', this gfplint reads 1"),
    (b"# gfplint baseline 10\n", ":1: this is a baseline of format '10', this gfplint reads 1"),
    (TITLE.encode() + b"0123\n", ":2: '0123' is no entry"),
    (TITLE.encode() + ENTRY.encode() + b"0123456789ABCDEF\n", ":3: '0123456789ABCDEF' is no entry"),
    (TITLE.encode() + b"0123456789abcdef scope-unpaired\n", ":2: '0123456789abcdef scope-unpaired' is no entry"),
    (TITLE.encode() + b"\0\0\xff\n", ":2: '\\000\\000\\377' is no entry"),
    (TITLE.encode() + b"<<<<<<< HEAD\n" + ENTRY.encode(), ":2: a conflict of a merge"),
    (b"<<<<<<< HEAD\n" + TITLE.encode(), ":1: a conflict of a merge"),
    (TITLE.encode() + ENTRY.encode() + b"=======\n", ":3: a conflict of a merge"),
    (TITLE.encode() + ENTRY.encode() + b">>>>>>> other\n", ":3: a conflict of a merge"),
]
# Files without a mistake. None of their entries is a finding here, or could be.
FINE = [
    TITLE,
    TITLE.rstrip("\n"),
    TITLE + ENTRY + ENTRY,
    TITLE + "\n# by hand\n0123456789abcdef\n",
    (TITLE + ENTRY).replace("\n", "\r\n"),
    TITLE + "0123456789abcdef # who knows\n",
]


class Baseline(CliTest):
    def setUp(self):
        self.tree = Tree("nowait")
        self.addCleanup(self.tree.__exit__)
        for name, text in (("drivers/bad.c", BAD), ("drivers/note.c", NOTE), ("fs/bad.c", BAD), ("fs/clean.c", CLEAN)):
            self.tree.write(name, text.replace("_get", "_" + name.replace("/", "_")[:-2]))
        self.names = ["drivers/bad.c", "drivers/note.c", "fs/bad.c", "fs/clean.c"]
        self.db = self.tree.database(self.names)

    def check(self, *words, status=0):
        return self.run_in(self.tree, "check", "-p", self.db, *words, status=status)

    def entries(self, name="b"):
        return self.tree.read(name).splitlines()[1:]

    def places(self, name="b"):
        return [line.split(" # ")[1] for line in self.entries(name)]

    def test_written_and_known(self):
        done = self.check("--write-baseline=b")
        self.assertEqual((done.stdout, done.stderr), ("", "gfplint: b: 5 findings are in the baseline\n"))
        self.assertTrue(self.tree.read("b").startswith(TITLE))
        for line in self.entries():
            self.assertRegex(line, r"^[0-9a-f]{16} # [a-z-]+ \S+: \w+\(\)$")
        self.assertEqual(self.entries(), sorted(self.entries()))
        self.assertEqual(sorted(self.places()),
                         ["restricted-gfp-site drivers/bad.c: bad_drivers_bad()",
                          "restricted-gfp-site drivers/note.c: note_drivers_note()",
                          "restricted-gfp-site fs/bad.c: bad_fs_bad()",
                          "vmalloc-restricted-flags drivers/bad.c: bad_drivers_bad()",
                          "vmalloc-restricted-flags fs/bad.c: bad_fs_bad()"])
        done = self.check("--baseline=b", "--fail-on=note")
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        self.assertIn("5 findings are not shown: 0 by ignores in the source, 0 by a configuration, 5 by the baseline",
                      self.check("--baseline=b", "--verbose").stderr)
        self.assertEqual(self.findings(self.tree, "-p", self.db, "--baseline=b")["findings"], [])

    def test_fingerprints_are_those_of_the_report(self):
        self.check("--write-baseline=b")
        prints = sorted(f["fingerprint"] for f in self.findings(self.tree, "-p", self.db)["findings"])
        self.assertEqual([line[:16] for line in self.entries()], prints)

    def test_only_what_is_new_is_reported(self):
        self.check("--write-baseline=b")
        text = self.tree.read("fs/bad.c")
        self.tree.write("fs/bad.c", "/* Moved. */\n\n\n" + text)
        self.assertEqual(self.check("--baseline=b").stdout, "")
        self.tree.write("fs/bad.c", text + text.split("\n", 1)[1].replace("bad_fs", "more_fs"))
        done = self.check("--baseline=b", status=1)
        self.assertEqual(done.stdout.count("error:"), 1)
        self.assertIn("fs/bad.c:8:", done.stdout)
        # One more of the same in the same function.
        self.tree.write("fs/bad.c", text.replace("return", "if (__vmalloc(size, GFP_NOWAIT)) return 0;\n\treturn"))
        self.assertEqual(self.check("--baseline=b", status=1).stdout.count("error:"), 1)

    def test_what_others_take_out_stays_out(self):
        self.tree.write(".gfplint.yaml", "ignore:\n- {rules: '*', path: drivers/note.c, reason: x}\n")
        self.tree.write("fs/bad.c", self.tree.read("fs/bad.c").replace(
            "\treturn", "\t/* gfplint-ignore: vmalloc-restricted-flags -- why */\n\treturn"))
        self.check("--write-baseline=b")
        self.assertEqual(sorted(self.places()), ["restricted-gfp-site drivers/bad.c: bad_drivers_bad()",
                                                 "restricted-gfp-site fs/bad.c: bad_fs_bad()",
                                                 "vmalloc-restricted-flags drivers/bad.c: bad_drivers_bad()"])
        self.assertEqual(self.check("--baseline=b").stderr, "")

    def test_stale(self):
        self.check("--write-baseline=b")
        self.tree.write("fs/bad.c", CLEAN)
        done = self.check("--baseline=b")
        self.assertEqual(done.stdout, "")
        self.assertIn("gfplint: b: 2 entries are no findings any more; --write-baseline=b with --baseline drops them\n", done.stderr)
        told = re.findall(r"gfplint: b:(\d+): no finding any more: (.+)", done.stderr)
        self.assertEqual({place for _, place in told},
                         {"restricted-gfp-site fs/bad.c: bad_fs_bad()", "vmalloc-restricted-flags fs/bad.c: bad_fs_bad()"})
        for line, place in told:
            self.assertTrue(self.tree.read("b").splitlines()[int(line) - 1].endswith(place))
        self.assertEqual(self.check("--baseline=b", "--quiet").stderr, "")
        # Not what this run did not look at.
        self.assertEqual(self.check("--baseline=b", "drivers").stderr, "")
        self.assertEqual(self.check("--baseline=b", "--rules=scope-unpaired").stderr, "")
        self.assertIn("b: 1 entry is no finding", self.check("--baseline=b", "--rules=restricted-gfp-site").stderr)
        self.tree.write("fs/bad.c", BROKEN)
        self.assertNotIn("any more", self.check("--baseline=b", status=2).stderr)
        # A file that is gone, in a run over all.
        os.remove(self.tree.path("fs/bad.c"))
        self.db = self.tree.database(["drivers/bad.c", "drivers/note.c", "fs/clean.c"])
        self.assertIn("b: 2 entries are no findings", self.check("--baseline=b").stderr)
        self.assertEqual(self.check("--baseline=b", "fs").stderr, "")

    def test_many_stale_entries_are_named_on_demand(self):
        self.tree.write("fs/bad.c", "".join(f"void *f{i}(void) {{ return kmalloc(8, GFP_NOFS); }}\n" if i else
                                             "#include <linux/slab.h>\n" for i in range(9)))
        self.check("--write-baseline=b", "fs")
        self.tree.write("fs/bad.c", CLEAN)
        done = self.check("--baseline=b", "fs")
        self.assertEqual(done.stderr.count("no finding any more"), 5)
        self.assertIn("gfplint: and 3 more; --verbose names them\n", done.stderr)
        self.assertEqual(self.check("--baseline=b", "--verbose", "fs").stderr.count("no finding any more: "), 8)

    def test_refresh(self):
        self.check("--write-baseline=b")
        before = self.entries()
        self.tree.write("fs/bad.c", NOTE)
        done = self.check("--baseline=b", "--write-baseline=b", "fs")
        self.assertEqual(done.stdout, "")
        self.assertIn("gfplint: b: 4 findings are in the baseline, 1 of them new; 2 dropped\n", done.stderr)
        # What was not looked at is kept, byte for byte.
        self.assertEqual([line for line in self.entries() if "drivers/" in line],
                         [line for line in before if "drivers/" in line])
        self.assertEqual([p for p in self.places() if "fs/" in p], ["restricted-gfp-site fs/bad.c: note_get()"])
        done = self.check("--baseline=b", "--fail-on=note")
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        # Without --baseline it holds what this run found.
        self.check("--write-baseline=b", "fs")
        self.assertEqual(len(self.entries()), 1)

    def test_a_merge_of_two_branches(self):
        git = ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]

        def run(*words):
            subprocess.run([*git, *words], cwd=self.tree.root, check=True, capture_output=True, timeout=60)

        self.check("--write-baseline=b")
        self.tree.write(".gitattributes", "b merge=union\n")
        run("init", "-q")
        run("add", "b", ".gitattributes", "drivers", "fs")
        run("commit", "-qm", "one")
        for branch, name in (("left", "fs/clean.c"), ("right", "drivers/note.c")):
            run("checkout", "-qb", branch, "main")
            self.tree.write(name, NOTE.split("\n")[0] + "\n" + self.tree.read(name) +
                            NOTE.split("\n", 1)[1].replace("note_get", branch))
            self.check("--baseline=b", "--write-baseline=b")
            run("commit", "-qam", branch)
        run("merge", "-q", "left")
        done = self.check("--baseline=b", "--fail-on=note")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_mistakes(self):
        for content, answer in MISTAKES:
            with self.subTest(content):
                with open(self.tree.path("b"), "wb") as out:
                    out.write(content)
                done = self.check("--baseline=b", status=2)
                self.assertEqual(done.stdout, "")
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertTrue(done.stderr.startswith("gfplint: --baseline: b" + answer), done.stderr)
        # A refresh leaves it as it was.
        self.check("--baseline=b", "--write-baseline=b", status=2)
        with open(self.tree.path("b"), "rb") as text:
            self.assertEqual(text.read(), MISTAKES[-1][0])

    def test_no_mistakes(self):
        for text in FINE:
            with self.subTest(text):
                with open(self.tree.path("b"), "w", encoding="utf-8", newline="") as out:
                    out.write(text)
                done = self.check("--baseline=b", status=1)
                self.assertEqual(done.stdout, self.check(status=1).stdout)
                self.assertEqual(done.stderr, "")

    def test_no_such_file_and_others(self):
        with open(self.tree.path("huge"), "wb") as out:
            out.truncate(65 << 20)
        for name, answer in (("no", "No such file or directory"), ("fs", "is a folder"),
                             ("/dev/zero", "is larger than 64 MiB"),
                             ("huge", "is larger than 64 MiB")):
            done = self.check(f"--baseline={name}", status=2)
            self.assertEqual(done.stderr, f"gfplint: --baseline: {name}: {answer}\n")
        self.assertIn("--write-baseline: which file?", self.check("--write-baseline=", status=2).stderr)
        self.assertIn("gfplint: --write-baseline no/b: No such file", self.check("--write-baseline=no/b", status=2).stderr)

    def test_a_run_that_is_not_whole_says_so(self):
        self.tree.write("fs/broken.c", BROKEN)
        self.db = self.tree.database([*self.names, "fs/broken.c"])
        self.check("--write-baseline=b", status=2)
        self.assertEqual(len(self.entries()), 5)
        self.check("--baseline=b", status=2)

    def test_same_bytes_whatever_the_order(self):
        texts = set()
        for names in (self.names, self.names[::-1]):
            self.db = self.tree.database(names)
            for words in (["-j1"], ["-j3"], ["--no-cache"]):
                self.check("--write-baseline=b", *words)
                texts.add(self.tree.read("b"))
        self.assertEqual(len(texts), 1)

    def test_beside_a_report(self):
        self.check("--write-baseline=b", "--format=json", "-o", "r.json")
        self.assertIn('"findings": []', self.tree.read("r.json"))

    def test_fix_leaves_what_is_known(self):
        more = FIXABLE.split("\n", 2)[2].replace("fix_get", "fix_more")
        self.tree.write("fs/fix.c", FIXABLE)
        self.db = self.tree.database(["fs/fix.c"])
        self.check("--write-baseline=b")
        self.tree.write("fs/fix.c", FIXABLE + more)
        done = self.run_in(self.tree, "fix", "--baseline=b", "-p", self.db, status=0)
        text = self.tree.read("fs/fix.c")
        self.assertTrue(text.startswith(FIXABLE), done.stderr)
        self.assertNotEqual(text, FIXABLE + more)
        self.run_in(self.tree, "fix", "--baseline=no", "-p", self.db, status=2)


if __name__ == "__main__":
    main()
