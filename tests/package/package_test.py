#!/usr/bin/env python3
"""What `cmake --install` and cpack make: the files, that the program runs from there, what the package depends on.

usage: package_test.py BUILD     (used in a clean Debian: ./dev test-package)
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(HERE))
from minikernel import Tree  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1))
BAD = "#include <linux/vmalloc.h>\nvoid *bad_get(unsigned long n)\n{\n\treturn __vmalloc(n, GFP_NOWAIT);\n}\n"
# Each as a user or another program looks for it.
FILES = [
    "bin/gfplint",
    "share/man/man1/gfplint.1.gz",
    "share/bash-completion/completions/gfplint",
    "share/zsh/vendor-completions/_gfplint",
    "share/doc/gfplint/copyright",
    "share/doc/gfplint/README.md",
    "share/doc/gfplint/rules/README.md",
    "share/gfplint/ci/check-tree.sh",
    "share/gfplint/ci/github.yml",
    "share/gfplint/linux/make-database",
    "share/gfplint/linux/stand-in",
]
# Built where clang-tidy's headers are.
if os.path.exists(os.path.join(BUILD, "lib", "libgfplint-tidy.so")):
    FILES.append("lib/gfplint/libgfplint-tidy.so")


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, **more)


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def succeed(self, *words, **more):
        done = run(*words, **more)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_install(self):
        self.succeed("cmake", "--install", BUILD, "--prefix", self.folder)
        for name in FILES:
            self.assertTrue(os.path.exists(os.path.join(self.folder, name)), name)
        program = os.path.join(self.folder, "bin", "gfplint")
        rules = [line.split()[0] for line in self.succeed(program, "rules").splitlines()]
        pages = os.listdir(os.path.join(self.folder, "share", "doc", "gfplint", "rules"))
        self.assertEqual(sorted(pages), sorted(["README.md", *(f"{rule}.md" for rule in rules)]))
        with Tree() as tree:
            tree.write("bad.c", BAD)
            done = run(program, "check", "-p", tree.database(["bad.c"]), cwd=tree.root)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("bad.c:4:22: error: ", done.stdout)
        script = os.path.join(self.folder, "share", "gfplint", "ci", "check-tree.sh")
        self.assertIn("usage: check-tree.sh", self.succeed(script, "--help"))
        # Found beside it, and it does not put a kernel below the prefix by itself.
        maker = os.path.join(self.folder, "share", "gfplint", "linux", "make-database")
        env = {name: value for name, value in os.environ.items() if name != "GFPLINT_KERNEL_DIR"}
        done = run(maker, env=env)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"Set GFPLINT_KERNEL_DIR|is missing: apt-get install")

    def test_package(self):
        self.succeed("cpack", "-G", "DEB", "-B", self.folder, cwd=BUILD)
        (name,) = [n for n in os.listdir(self.folder) if n.endswith(".deb")]
        deb = os.path.join(self.folder, name)
        program = os.path.join(BUILD, "bin", "gfplint")
        version = self.succeed(program, "--version").split()[1]
        field = lambda key: self.succeed("dpkg-deb", "-f", deb, key).strip()  # noqa: E731
        self.assertEqual((field("Package"), field("Version"), field("Section")), ("gfplint", version, "devel"))
        self.assertRegex(name, rf"^gfplint_{re.escape(version)}_[a-z0-9]+\.deb$")
        self.assertRegex(field("Maintainer"), r"^.+ <\S+@\S+>$")
        needed = re.findall(r"[a-z0-9.+-]+(?=[ ,:]|$)", field("Depends"))
        libraries = self.succeed("ldd", program)
        for library, package in (("libclang-cpp", "libclang-cpp"), ("libLLVM", "libllvm"), ("libsqlite3", "libsqlite3")):
            self.assertIn(library, libraries)
            self.assertTrue(any(n.startswith(package) for n in needed), f"{package} is not among {needed}")
        self.assertTrue(any(re.fullmatch(r"libclang-common-\d+-dev", n) for n in needed), needed)
        listed = self.succeed("dpkg-deb", "-c", deb)
        for file in FILES:
            self.assertRegex(listed, rf"(?m) \./usr/{re.escape(file)}$")
        # All of it belongs to root and is written by nobody else.
        for line in listed.splitlines():
            self.assertRegex(line, r"^[-d]rw[x-]r-[x-]r-[x-] root/root ")
        self.succeed("dpkg-deb", "-x", deb, os.path.join(self.folder, "root"))
        own = os.path.join(self.folder, "root", "usr", "bin", "gfplint")
        self.assertNotRegex(self.succeed("readelf", "-d", own), "RPATH|RUNPATH")
        self.assertEqual(self.succeed(own, "--version"), f"gfplint {version}\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
