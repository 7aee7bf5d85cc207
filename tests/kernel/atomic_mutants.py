#!/usr/bin/env python3
"""How many sleeping allocations blocking-alloc-in-atomic finds: real functions of the kernel, broken one at a
time.

usage: atomic_mutants.py [--sample N] [--seed S] [--list] [VERSION]

Looked at is every GFP_ATOMIC in a visible lock region: the text between the taking of a spinlock, an rwlock
or the RCU read side (or a disabling of interrupts, bottom halves or preemption) and the next release, with no
label in between and no way out of the braces in which it was taken. It is broken in these ways:

    direct                it becomes GFP_KERNEL
    one call down         a static helper that allocates with GFP_KERNEL is called there
    two calls down        so is a helper that calls the helper
    mask handed down      a static helper gets GFP_KERNEL and allocates with it
    in a static function  a static function of the file, called in such a region, has its GFP_ATOMIC turned

and, without breaking it,

    mask handed down, kept     the helper gets GFP_ATOMIC
    behind the release, kept   GFP_KERNEL in a function that takes and releases a lock first

A mutant is found if the function that holds the lock has a finding. One copy of a file carries one mutant of
each function, and is analysed alone: an allocation in a function of another file is not seen. Left out are functions that this configuration does not
compile, and those that are reported unchanged. With --sample only N random files are looked at.
"""
import argparse
import collections
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mutate import FUNCTION, Judge, blank, name_of, read  # noqa: E402

TAKE = re.compile(r"\b(?:(?:raw_)?spin_lock(?:_bh|_irq|_irqsave)?|(?:read|write)_lock(?:_bh|_irq|_irqsave)?|"
                  r"rcu_read_lock(?:_bh)?|preempt_disable|local_irq_disable|local_irq_save|local_bh_disable)\s*\(")
RELEASE = re.compile(r"\b\w*(?:unlock|_enable|_restore|cond_resched)\w*\s*\(")
TURNING = re.compile(r"^[ \t]*\w+[ \t]*:(?!:)", re.M)
ATOMIC = re.compile(r"\bGFP_ATOMIC\b")
HELPERS = """#include <linux/slab.h>
static __maybe_unused void gfplint_one(void) { kfree(kmalloc(8, GFP_KERNEL)); }
static __maybe_unused void gfplint_two(void) { gfplint_one(); }
static __maybe_unused void gfplint_with(gfp_t gfp) { kfree(kmalloc(8, gfp)); }
static DEFINE_SPINLOCK(gfplint_lock);
"""
BREAK = {
    "direct": "GFP_KERNEL",
    "one call down": "(gfplint_one(), GFP_ATOMIC)",
    "two calls down": "(gfplint_two(), GFP_ATOMIC)",
    "mask handed down": "(gfplint_with(GFP_KERNEL), GFP_ATOMIC)",
}
KEEP = {
    "mask handed down, kept": "(gfplint_with(GFP_ATOMIC), GFP_ATOMIC)",
}

Mutant = collections.namedtuple("Mutant", "way keeps function holder body")
Text = collections.namedtuple("Text", "start end name head body seen")


def functions(text):
    seen = blank(text)
    for match in FUNCTION.finditer(seen):
        start, end = match.span("body")
        name = name_of(match["head"])
        if name:
            yield Text(start, end, name, match["head"], text[start:end], seen[start:end])


def regions(seen):
    """(begin, end) of each visible lock region of a body."""
    for take in TAKE.finditer(seen):
        before = seen[:take.start()].rstrip()
        if before[-1:] not in (";", "{", "}", ""):
            continue
        begin = seen.find(";", take.end())
        if begin < 0:
            continue
        depth, end = 0, begin + 1
        stop = RELEASE.search(seen, begin)
        label = TURNING.search(seen, begin)
        last = min(m.start() for m in (stop, label) if m) if stop or label else len(seen)
        while end < last and depth >= 0:
            depth += {"{": 1, "}": -1}.get(seen[end], 0)
            end += 1
        yield begin + 1, end


def argument(seen, match):
    """Whether the word is an argument of a call, alone."""
    return seen[:match.start()].rstrip()[-1:] == "," and seen[match.end():].lstrip()[:1] in (")", ",")


def mutants_of(functions_here):
    """{function: its mutants}."""
    rows = collections.defaultdict(list)
    static = {f.name: f for f in functions_here if re.search(r"\bstatic\b", f.head)}
    for f in functions_here:
        for begin, end in regions(f.seen):
            for word in ATOMIC.finditer(f.seen, begin, end):
                if not argument(f.seen, word):
                    continue
                for keeps, ways in ((False, BREAK), (True, KEEP)):
                    for way, new in ways.items():
                        body = f.body[:word.start()] + new + f.body[word.end():]
                        rows[f].append(Mutant(way, keeps, f.name, f.name, body))
            for call in re.finditer(r"\b([a-z]\w*)\s*\(", f.seen[begin:end]):
                helper = static.get(call[1])
                if helper is None or helper is f:
                    continue
                first = ATOMIC.search(helper.seen)
                if first and argument(helper.seen, first) and not re.search(r"unlock|_enable\b", helper.seen):
                    body = helper.body[:first.start()] + "GFP_KERNEL" + helper.body[first.end():]
                    mutant = Mutant("in a static function", False, helper.name, f.name, body)
                    if mutant not in rows[helper]:
                        rows[helper].append(mutant)
        word = ATOMIC.search(f.seen)
        if word and argument(f.seen, word) and not list(regions(f.seen)):
            taken = "({ spin_lock(&gfplint_lock); spin_unlock(&gfplint_lock); GFP_ATOMIC; })"
            body = f.body[:word.start()] + taken + f.body[word.end():]
            rows[f].append(Mutant("behind the release, kept", True, f.name, f.name, body))
    return rows


def copies_of(text):
    """(mutants, text) for the copies of one file."""
    rows = sorted(mutants_of(list(functions(text))).items(), key=lambda row: row[0].start)
    # Who calls a broken function is broken: what is kept goes into copies of its own.
    for keeps in (False, True):
        yield from copies_with(text, [(f, [m for m in mutants if m.keeps == keeps]) for f, mutants in rows])


def copies_with(text, rows):
    for turn in range(max((len(m) for _, m in rows), default=0)):
        copy, here = text, []
        for f, mutants in reversed(rows):
            if turn < len(mutants):
                copy = copy[:f.start] + mutants[turn].body + copy[f.end:]
                here.append(mutants[turn])
        # Behind the file's own includes, where every header that it needs is.
        last = [m.end() for m in re.finditer(r"^#include .*\n", copy, re.M)]
        at = last[0] if last else 0
        first = min((f.start for f, _ in rows), default=0)
        at = max([end for end in last if end < first] or [at])
        yield here, copy[:at] + HELPERS + copy[at:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?", default="6.12")
    parser.add_argument("--sample", type=int, help="random files to look at")
    parser.add_argument("--seed", type=int, default=612)
    parser.add_argument("--list", action="store_true", help="name every mutant that came out wrong")
    options = parser.parse_args()
    judge = Judge(options.version, "blocking-alloc-in-atomic")
    paths = [p for p in sorted(judge.entries) if "GFP_ATOMIC" in read(p)]
    if options.sample:
        random.Random(options.seed).shuffle(paths)
    work = []
    for path in paths:
        copies = [(path, mutants, copy) for mutants, copy in copies_of(read(path))]
        work += copies
        if options.sample and len({path for path, _, _ in work}) >= options.sample:
            break
    # Functions that are not static may meet those of other copies: what is kept is analysed apart from what is broken.
    for keeps in (False, True):
        judge.analyse([w for w in work if w[1][0].keeps == keeps])
    judge.finish(0.95, options.list)


if __name__ == "__main__":
    main()
