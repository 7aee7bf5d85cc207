#!/usr/bin/env python3
"""`gfplint kbuild`, called as Kbuild calls CHECK; and `check -p` afterwards, which has nothing left to parse."""
import json
import os
import subprocess
import time
import unittest

from harness import BAD, BROKEN, CLEAN, NOTE, CliTest, Tree, main
from stores import parsed

# The kernel's CHECKFLAGS, those of a big-endian machine among them, and what CF= may add.
SPARSE = ["-D__linux__", "-Dlinux", "-D__STDC__", "-Dunix", "-D__unix__", "-Wbitwise", "-Wno-return-void",
          "-Wno-unknown-attribute", "-D__powerpc__", "-D__powerpc64__", "-D__BIG_ENDIAN__", "--arch=powerpc",
          "-mbig-endian", "-m32"]
# A note in a header of the file's own folder, and in one that many folders share.
OWN_HEADER = "#include <linux/slab.h>\nstatic inline void *own(void) { return kmalloc(64, GFP_NOFS); }\n"
SHARED_HEADER = OWN_HEADER.replace("own", "shared")


class Kbuild(CliTest):
    """A build folder beside the source, as with O=."""

    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)
        self.build = self.tree.path("build")
        os.makedirs(self.build)
        self.names = []

    def add(self, name, text):
        self.tree.write(name, text)
        self.names.append(name)
        # What changed in the moment before a run is not kept: a clock's tick could hide another change.
        self.settled = time.time() + 0.1

    def compile_flags(self, name):
        base = os.path.splitext(os.path.basename(name))[0]
        return ["-Wp,-MMD,%s/.%s.o.d" % (os.path.dirname(name), base), "-nostdinc", "-I../include", "-D__KERNEL__",
                "-std=gnu11", "-Werror=strict-prototypes", "-fconserve-stack", "-DMODULE",
                "-DKBUILD_BASENAME=\"%s\"" % base, "-DKBUILD_MODNAME=\"%s\"" % base]

    def settle(self):
        time.sleep(max(0.0, getattr(self, "settled", 0) - time.time()))

    def start(self, name, *own, sparse=(), cc="clang-19", cwd=None, **environment):
        self.settle()
        return subprocess.Popen(
            [self.program, "kbuild", *own, *SPARSE, *sparse, *self.compile_flags(name), "../" + name],
            cwd=cwd or self.build, env={**os.environ, "CC": cc, **environment}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def kbuild(self, name, *own, status=0, **how):
        process = self.start(name, *own, **how)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, out + err)
        return out, err

    def check(self, *words, cc="clang-19", where="build", command="check"):
        """`check -p` on what gen_compile_commands.py would write."""
        self.settle()
        entries = [{"directory": self.build, "file": self.tree.path(name),
                    "command": " ".join("'%s'" % w for w in [*cc.split(), *self.compile_flags(name), "-c", "-o",
                                                             name[:-2] + ".o", "../" + name])}
                   for name in self.names]
        self.tree.write(where + "/compile_commands.json", json.dumps(entries))
        return subprocess.run([self.program, command, "-p", where, "--stats", "--progress=never", *words],
                              cwd=self.tree.root, text=True, capture_output=True, timeout=120, check=False)

    def assert_only_links(self, *words, **how):
        done = self.check(*words, **how)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(parsed(done)[0], 0, done.stderr)
        cold = self.check("--no-cache", **how)
        self.assertEqual(parsed(cold)[0], len(self.names))
        self.assertEqual(done.stdout, cold.stdout)

    def test_findings_do_not_end_the_build(self):
        self.add("drivers/a/bad.c", BAD)
        out, err = self.kbuild("drivers/a/bad.c")
        self.assertRegex(out, r"(?m)^drivers/a/bad\.c:4:\d+: error: .*\[vmalloc-restricted-flags\]$")
        self.assertEqual(err, "")
        self.assertIn("bad.c:4:", self.kbuild("drivers/a/bad.c", "--fail-on=error", status=1)[0])

    def test_fail_on(self):
        self.add("drivers/a/note.c", NOTE)
        self.assertIn("[restricted-gfp-site]", self.kbuild("drivers/a/note.c", "--fail-on=warning")[0])
        self.kbuild("drivers/a/note.c", "--fail-on=note", status=1)
        self.assertEqual(self.kbuild("drivers/a/note.c", "--fail-on=note", "--rules=-restricted-gfp-site"), ("", ""))

    def test_a_file_that_cannot_be_read_is_told_in_one_line(self):
        for text, says in ((BROKEN, "broken.c:4:32: expected ';'"), ("#include <no/such.h>\n", "'no/such.h' file not found")):
            self.add("drivers/a/broken.c", text)
            out, err = self.kbuild("drivers/a/broken.c")
            self.assertEqual(out, "")
            self.assertEqual(err.count("\n"), 1, err)
            self.assertIn("drivers/a/broken.c: not analysed: ", err)
            self.assertIn(says, err)
            self.assertEqual(self.kbuild("drivers/a/broken.c", "--fail-on=error", status=2)[1], err)

    def test_says_what_check_says_of_one_file(self):
        self.add("fs/b/bad.c", BAD + NOTE)
        flags = [w for w in self.compile_flags("fs/b/bad.c") if "-Wp" not in w]
        alone = subprocess.run([self.program, "check", "--", *flags, "../fs/b/bad.c"], cwd=self.build, text=True,
                               capture_output=True, timeout=120, check=False)
        self.assertEqual(alone.returncode, 1, alone.stderr)
        self.assertEqual(self.kbuild("fs/b/bad.c")[0], alone.stdout)

    def test_check_afterwards_only_links(self):
        for name, text in (("drivers/a/bad.c", BAD), ("drivers/a/note.c", NOTE), ("fs/b/clean.c", CLEAN)):
            self.add(name, text)
            self.kbuild(name, "--rules=-restricted-gfp-site")
        self.assert_only_links()
        self.assertEqual(sorted(os.listdir(self.build)), [".gfplint", "compile_commands.json"])

    def test_every_compiler_and_what_sparse_is_told(self):
        self.add("drivers/a/bad.c", BAD)
        self.add("fs/b/clean.c", CLEAN)
        for cc in ("gcc-12", "ccache clang-19", "aarch64-linux-gnu-gcc-12", "ccache /opt/x/bin/arm-linux-gnueabi-gcc"):
            for sparse in ([], ["-D__CHECK_ENDIAN__", "-Wsparse-all", "-Wno-context", "-fmax-errors=unlimited"]):
                cache = "--cache-dir=" + self.tree.path("cache of %s %d" % (cc.replace("/", "-"), len(sparse)))
                for name in self.names:
                    self.kbuild(name, cache, cc=cc, sparse=sparse)
                self.assert_only_links(cache, cc=cc)

    def test_what_check_knows_is_not_parsed_again(self):
        self.add("drivers/a/bad.c", BAD)
        self.assertEqual(parsed(self.check())[0], 1)
        out, err = self.kbuild("drivers/a/bad.c", "--stats")
        self.assertIn(" 1 units, 0 parsed in this run", err)
        self.assertIn("bad.c:4:", out)
        self.add("drivers/a/bad.c", BAD.replace("GFP_NOWAIT", "GFP_ATOMIC"))
        out, err = self.kbuild("drivers/a/bad.c", "--stats")
        self.assertIn(" 1 units, 1 parsed in this run", err)
        self.assertIn("GFP_ATOMIC", out)

    def test_source_named_by_a_link(self):
        self.add("drivers/a/bad.c", BAD)
        os.symlink("bad.c", self.tree.path("drivers/a/link.c"))
        os.symlink(self.build, self.tree.path("o"))
        # A shell that was led here by a link says so in PWD; the kernel's script follows links.
        name, self.names = "drivers/a/link.c", ["drivers/a/link.c"]
        self.kbuild(name, cwd=self.tree.path("o"), PWD=self.tree.path("o"))
        entries = [{"directory": self.build, "file": self.tree.path("drivers/a/bad.c"),
                    "arguments": ["clang-19", *self.compile_flags(name), "-c", "-o", "x.o", "../" + name]}]
        self.tree.write("build/compile_commands.json", json.dumps(entries))
        done = self.run_in(self.tree, "check", "-p", "build", "--stats", status=1)
        self.assertEqual(parsed(done)[0], 0, done.stderr)

    def test_headers_of_its_own_folder_alone(self):
        self.add("include/linux/shared.h", SHARED_HEADER)
        self.add("drivers/a/own.h", OWN_HEADER)
        self.add("drivers/a/uses.c", '#include <linux/shared.h>\n#include "own.h"\n')
        out, _ = self.kbuild("drivers/a/uses.c")
        self.assertIn("drivers/a/own.h:2:", out)
        self.assertNotIn("shared.h", out)

    def test_a_module_elsewhere(self):
        self.add("module/bad.c", BAD)
        module = self.tree.path("module")
        # Until 6.12 the compiler runs in the kernel's folder, and the database is the module's.
        self.kbuild("module/bad.c", KBUILD_EXTMOD=module)
        self.assertEqual(os.listdir(self.build), [])
        self.assert_only_links(where="module")
        # Since 6.13 it runs in the module's.
        self.kbuild("module/bad.c", KBUILD_EXTMOD="/somewhere", KBUILD_EXTMOD_OUTPUT=self.build)
        self.assertEqual(os.listdir(self.build), [".gfplint"])

    def test_many_at_once_on_one_store(self):
        names = ["drivers/a/f%02d.c" % i for i in range(60)]
        for i, name in enumerate(names):
            self.add(name, (BAD if i % 3 else NOTE).replace("_get", "_get%d" % i) + CLEAN.replace("_get", "%d" % i))
        running = [self.start(name) for name in names]
        for name, process in zip(names, running):
            out, err = process.communicate(timeout=300)
            self.assertEqual((process.returncode, err), (0, ""), name)
            self.assertIn(name + ":4:", out)
        self.assert_only_links()

    def test_wrong_options_end_the_build(self):
        self.add("drivers/a/bad.c", BAD)
        for word, says in (("--ruels=x", "kbuild has no option '--ruels=x'"), ("--rules=no-such", "no-such"),
                           ("--fail-on=sometimes", "sometimes"), ("--kernel-version=six", "six")):
            out, err = self.kbuild("drivers/a/bad.c", word, status=2)
            self.assertEqual(out, "")
            self.assertIn(says, err)
        # Where CF= puts them they work, too.
        self.assertEqual(self.kbuild("drivers/a/bad.c", sparse=["--rules=scope-unpaired", "--no-cache"]), ("", ""))
        self.assertEqual(os.listdir(self.build), [])
        done = self.run_in(self.tree, "kbuild", status=2)
        self.assertIn("no C file", done.stderr)

    def test_configuration_ignores_and_baseline(self):
        self.add("drivers/a/bad.c", BAD)
        self.add("drivers/b/note.c", NOTE)
        self.tree.write(".gfplint.yaml", "rules: [-restricted-gfp-site]\npaths:\n  exclude: [drivers/a]\n")
        self.assertEqual(self.kbuild("drivers/a/bad.c"), ("", ""))
        self.assertEqual(self.kbuild("drivers/b/note.c"), ("", ""))
        self.assertIn("[restricted-gfp-site]", self.kbuild("drivers/b/note.c", "--rules=restricted-gfp-site")[0])
        self.tree.write(".gfplint.yaml", "rules: [no-such]\n")
        for own in ([], ["--fail-on=error"]):
            out, err = self.kbuild("drivers/b/note.c", *own, status=2)
            self.assertEqual(out, "")
            self.assertIn("no-such", err)
        os.unlink(self.tree.path(".gfplint.yaml"))
        for word in ("--config=../none.yaml", "--baseline=../none.json", "--model=../none.yaml"):
            self.assertIn("none.", self.kbuild("drivers/a/bad.c", word, status=2)[1])

        self.check("--write-baseline=known.json")
        self.assertEqual(self.kbuild("drivers/a/bad.c", "--baseline=../known.json", "--fail-on=note"), ("", ""))
        # What is silenced stays so, and an ignore for what other files make of it is not called unused.
        self.add("drivers/a/bad.c", BAD.replace("GFP_NOWAIT);", "GFP_NOWAIT); /* gfplint-ignore: "
                                                "vmalloc-restricted-flags, restricted-gfp-site -- a test */"))
        self.assertEqual(self.kbuild("drivers/a/bad.c", "--fail-on=note"), ("", ""))
        self.add("drivers/a/own.c", "#include <linux/slab.h>\nvoid *own_get(gfp_t gfp)\n{\n"
                 "\treturn kmalloc(8, gfp); /* gfplint-ignore: blocking-mask-in-nowait-scope -- callers */\n}\n")
        self.assertEqual(self.kbuild("drivers/a/own.c", "--fail-on=note"), ("", ""))

    def test_where_nothing_can_be_kept(self):
        self.add("drivers/a/bad.c", BAD)
        out, err = self.kbuild("drivers/a/bad.c", "--cache-dir=/dev/null/store")
        self.assertIn("bad.c:4:", out)
        self.assertIn("/dev/null/store", err)
        self.assertEqual(self.kbuild("drivers/a/bad.c", "--cache-dir=/dev/null/store", "--quiet"), (out, ""))

    def test_by_hand_it_keeps_nothing(self):
        self.add("drivers/a/bad.c", BAD)
        flags = [w for w in self.compile_flags("drivers/a/bad.c") if "-Wp" not in w]
        done = subprocess.run([self.program, "kbuild", *SPARSE[:8], *flags, "../drivers/a/bad.c"], cwd=self.build,
                              text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("bad.c:4:", done.stdout)
        self.assertEqual(os.listdir(self.build), [])


if __name__ == "__main__":
    main()
