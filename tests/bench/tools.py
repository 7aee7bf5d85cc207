"""The command lines of the tools that are compared."""
import os
import shlex

# What the kernel's Makefile gives to sparse on x86_64, without $(CF).
CHECKFLAGS = ("-D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ -Wbitwise -Wno-return-void "
              "-Wno-unknown-attribute -D__x86_64__ --arch=x86_64 -mlittle-endian -m64").split()
COCCI = "scripts/coccinelle/locks/call_kern.cocci"


def unit_flags(entry):
    """A unit's own flags and its file, without the compiler's name and what writes files."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    kept = []
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word == "-o":
            skip = True
        elif word != "-c" and not word.startswith(("-Wp,-M", "-fplugin")):
            kept.append(word)
    return kept


def clang(entry, compiler):
    return [compiler] + unit_flags(entry) + ["-fsyntax-only", "-w"]


def sparse(entry):
    return ["sparse"] + CHECKFLAGS + unit_flags(entry)


def spatch(source):
    """With the options that the semantic patch asks for in its head, as coccicheck takes them from there;
    files are still to be added."""
    options = []
    with open(os.path.join(source, COCCI)) as file:
        for line in file:
            if line.startswith("// Options:"):
                options = line.split(":", 1)[1].split()
    return ["spatch", "-D", "report", "--very-quiet", "--no-show-diff"] + options + ["--cocci-file", COCCI]


def gfplint(program, database, jobs, store, *more):
    return [program, "check", "-p", database, "-j%d" % jobs, "--fail-on=error", "--quiet", "--stats",
            "--cache-dir=" + store] + list(more)
