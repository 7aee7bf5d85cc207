#!/usr/bin/env python3
"""A real `make C=1 CHECK="gfplint kbuild"` of 6.12, with Clang and with GCC, and what comes after it.

The source is the one of ./dev kernel; it is compiled in folders of its own below build/kbuild, with a small
configuration.

usage: kbuild.py [clang|gcc]...
"""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(os.environ.get("GFPLINT_KERNEL_DIR", os.path.join(ROOT, "build/kernel")), "6.12/source")
SCRATCH = os.path.join(ROOT, "build/kbuild")
TOOL = os.path.join(ROOT, "build/bin/gfplint")
COMPILERS = {"clang": ["LLVM=-19"], "gcc": ["CC=gcc", "HOSTCC=gcc"]}
FOLDER = "fs/jbd2"
FILES = ["checkpoint.c", "commit.c", "journal.c", "recovery.c", "revoke.c", "transaction.c"]
CONFIG = """CONFIG_64BIT=y
CONFIG_MODULES=y
CONFIG_BLOCK=y
CONFIG_EXT4_FS=y
"""
MODULE = """#include <linux/module.h>
#include <linux/vmalloc.h>
void *demo_get(unsigned long size)
{
	return __vmalloc(size, GFP_NOWAIT);
}
EXPORT_SYMBOL_GPL(demo_get);
MODULE_DESCRIPTION("demo");
MODULE_LICENSE("GPL");
"""


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def run(words, cwd, statuses=(0,)):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "KBUILD_OUTPUT", "KBUILD_EXTMOD", "ARCH", "CC",
                                   "CROSS_COMPILE", "LLVM", "CF", "CHECK", "KCFLAGS")}
    done = subprocess.run(words, cwd=cwd, env={**environment, "LC_ALL": "C"}, capture_output=True, text=True,
                          check=False)
    if done.returncode not in statuses:
        fail("%s ended with %d: %s" % (" ".join(words), done.returncode, (done.stdout + done.stderr)[-3000:]))
    return done


class Build:
    """One build folder."""

    def __init__(self, name):
        self.compiler = COMPILERS[name]
        self.folder = os.path.join(SCRATCH, name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        with open(os.path.join(self.folder, "small.config"), "w", encoding="utf-8") as out:
            out.write(CONFIG)
        self.make("KCONFIG_ALLCONFIG=small.config", "allnoconfig", folder=SOURCE)
        self.make("prepare", "modules_prepare")

    def make(self, *words, folder=None, statuses=(0,)):
        return run(["make", "O=" + self.folder, "ARCH=x86_64", "-j2", *self.compiler, *words], folder or self.folder,
                   statuses)

    def checked(self, *words, options="", statuses=(0,)):
        return self.make("C=1", "CHECK=" + " ".join([TOOL, "kbuild", options]).strip(), *words, statuses=statuses)

    def check(self, *words):
        return run([TOOL, "check", "--progress=never", "--stats", *words], self.folder, (0, 1))


def parsed(done):
    counts = re.search(r"(\d+) units, (\d+) parsed in this run", done.stderr)
    return int(counts[1]), int(counts[2])


def findings(text):
    return {line for line in text.splitlines() if re.match(r"fs/\S+:\d+:\d+: (note|warning|error): .*\]$", line)}


def try_folder(build):
    """C=1 on a folder, the kernel's own database, and a check that has only to link."""
    first = build.checked(FOLDER + "/")
    for name in FILES:
        if not re.search(r"CHECK +\S*/%s/%s\n" % (FOLDER, name), first.stdout):
            fail("%s was not checked: %s" % (name, first.stdout[-2000:]))
    if first.stderr:
        fail("make C=1 said: " + first.stderr[-2000:])
    sites = [line for line in findings(first.stdout) if line.endswith("[restricted-gfp-site]")]
    if len(sites) < 10:
        fail("only %d findings in %s" % (len(sites), FOLDER))
    if build.checked(FOLDER + "/").stdout.count("CHECK ") != 0:
        fail("a second C=1 checked what was not compiled again")
    run([sys.executable, os.path.join(SOURCE, "scripts/clang-tools/gen_compile_commands.py")], build.folder)
    warm = build.check("-p", ".", FOLDER)
    print(warm.stderr.splitlines()[1])
    if parsed(warm) != (len(FILES), 0):
        fail("check after C=1: " + warm.stderr)
    if warm.stdout != build.check("-p", ".", FOLDER, "--no-cache").stdout:
        fail("check after C=1 reports something else than a cold one")
    again = build.make("C=2", "CHECK=%s kbuild --stats" % TOOL, FOLDER + "/")
    if again.stderr.count("1 units, 0 parsed in this run") != len(FILES):
        fail("C=2 parsed again: " + again.stderr[-2000:])
    if findings(again.stdout) != findings(first.stdout):
        fail("C=2 found something else than C=1")


def try_options(build):
    """Findings end the build where that is asked for."""
    object_file = os.path.join(build.folder, FOLDER, "revoke.o")
    for options, status in (("--fail-on=error", 0), ("--fail-on=note --rules=restricted-gfp-site", 2)):
        if os.path.exists(object_file):
            os.unlink(object_file)
        build.checked(FOLDER + "/revoke.o", options=options, statuses=(status,))
    if os.path.exists(object_file):
        fail("a file whose check failed was left compiled: the next make would not check it")
    done = build.make("C=2", "CHECK=%s kbuild --ruels=x" % TOOL, FOLDER + "/revoke.o", statuses=(2,))
    if "kbuild has no option '--ruels=x'" not in done.stderr:
        fail("a wrong option: " + done.stderr)


def try_module(build):
    """M=: a module outside of the tree, and its own database."""
    module = os.path.join(build.folder, "demo")
    os.makedirs(module)
    for name, text in (("demo.c", MODULE), ("Makefile", "obj-m := demo.o\n")):
        with open(os.path.join(module, name), "w", encoding="utf-8") as out:
            out.write(text)
    words = ["M=" + module, "KBUILD_MODPOST_WARN=1"]
    done = build.checked(*words, "modules")
    if not re.search(r"demo\.c:5:\d+: error: GFP_NOWAIT reaches __vmalloc\(\)", done.stdout):
        fail("the module's error was not found: " + done.stdout + done.stderr)
    build.make(*words, "compile_commands.json")
    warm = build.check("-p", module, os.path.join(module, "demo.c"))
    if parsed(warm) != (1, 0):
        fail("check of a module after C=1: " + warm.stderr)


def main():
    if not os.path.isdir(SOURCE):
        fail("no %s: make it with ./dev kernel" % SOURCE)
    for name in sys.argv[1:] or COMPILERS:
        build = Build(name)
        try_folder(build)
        try_options(build)
        try_module(build)
        print(name + ": checked, linked, nothing parsed twice")


if __name__ == "__main__":
    main()
