#!/usr/bin/env python3
"""How many broken scopes scope-unpaired finds: real functions of the kernel, broken one at a time.

usage: scope_mutants.py [--sample N] [--seed S] [--list] [VERSION]

Every save and restore of a memalloc scope whose token is a local variable, in every C file of the
database, is broken in each of the ways of BREAK, and changed without breaking it in each of the ways
of KEEP. Functions of a file are independent, so that one copy of the file carries one mutant of each.

A mutant of BREAK is found if its function has a finding of scope-unpaired, one of KEEP if it has one.
Left out are functions that this configuration does not compile, and those that are reported unchanged:
broken as they are, they prove nothing. With --sample only N random copies are looked at.
"""
import argparse
import collections
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mutate import FUNCTION, Judge, blank, name_of, read  # noqa: E402

KINDS = "nofs|noio|noreclaim|pin"
SAVE = re.compile(r"(?<![\w.>])(?P<left>[A-Za-z_]\w*)\s*=\s*memalloc_(?P<kind>%s)_save\(\)\s*;" % KINDS)
RESTORE = re.compile(r"\bmemalloc_(?P<kind>%s)_restore\(\s*(?P<token>[A-Za-z_]\w*)\s*\)\s*;" % KINDS)

Mutant = collections.namedtuple("Mutant", "way keeps function holder body before")


def returns_nothing(head, name):
    return re.search(r"\bvoid\s+(?:\w+\s+)*%s\s*\(" % re.escape(name), " ".join(head.split())) is not None


def is_thread(name, text):
    return re.search(r"\bkthread_(?:run|create)\w*\(\s*%s\b" % re.escape(name), text) is not None


def replace(body, match, text):
    return body[:match.start()] + text + body[match.end():]


def whole_declaration(body, save):
    """Whether the save initialises a declaration."""
    line = body[body.rfind("\n", 0, save.start()) + 1:save.start()]
    return bool(re.search(r"\b(?:int|long|unsigned|u32|u64)\s+$", line))


def broken(name, head, body, seen):
    """(way, new body) for each way to break the function."""
    leave = "return;" if returns_nothing(head, name) else "return 0;"
    for restore in RESTORE.finditer(seen):
        text = restore[0]
        other = "noio" if restore["kind"] != "noio" else "nofs"
        yield "drop the restore", replace(body, restore, ";")
        yield "return before the restore", replace(body, restore, "{ if (current->pid == 42) %s %s }" % (leave, text))
        yield "another kind", replace(body, restore, "memalloc_%s_restore(%s);" % (other, restore["token"]))
        yield "restore twice", replace(body, restore, "{ %s %s }" % (text, text))
    for save in SAVE.finditer(seen):
        if whole_declaration(body, save):
            yield "drop the save", replace(body, save, "%s;" % save["left"])
            yield "drop the save, token 0", replace(body, save, "%s = 0;" % save["left"])
            yield "save twice", replace(body, save, "%s %s" % (save[0], save[0]))
        else:
            yield "drop the save", replace(body, save, ";")
            yield "save twice", replace(body, save, "{ %s %s }" % (save[0], save[0]))


def each(pattern, body, seen, change):
    """The body with every match replaced."""
    for match in reversed(list(pattern.finditer(seen))):
        body = replace(body, match, change(match))
    return body


HELPERS = """
static inline unsigned int gfplint_begin_%(kind)s(void) { return memalloc_%(kind)s_save(); }
static inline void gfplint_end_%(kind)s(unsigned int flags) { memalloc_%(kind)s_restore(flags); }
"""


RETURN = re.compile(r"\s*return\b(?P<value>[^;]*);")


def one_label(head, name, body, seen):
    """The body with `restore; return X;` on every way out turned into a goto to one restore; None where
    some restore stands otherwise, or the function returns something else than int or nothing."""
    nothing = returns_nothing(head, name)
    if not nothing and not re.search(r"\bint\s+(?:\w+\s+)*%s\s*\(" % re.escape(name), " ".join(head.split())):
        return None
    pairs = []
    for restore in RESTORE.finditer(seen):
        # The arm of an `if` without braces has no room for a way out.
        if seen[:restore.start()].rstrip()[-1:] not in ("", ";", "{", "}", ":"):
            return None
        left = RETURN.match(seen, restore.end())
        if not left and not (nothing and not seen[restore.end():].strip()):
            return None
        pairs.append((restore, left))
    if not pairs or len({restore[0] for restore, _ in pairs}) != 1:
        return None
    out = "goto gfplint_out;" if nothing else "{ gfplint_ret =%s; goto gfplint_out; }"
    for restore, left in reversed(pairs):
        end = left.end() if left else restore.end()
        jump = out if nothing else out % body[left.start("value"):left.end("value")]
        body = body[:restore.start()] + jump + body[end:]
    begin = "" if nothing else "\tint gfplint_ret;\n"
    return "%s%s\ngfplint_out:\n\t%s\n%s" % (begin, body, pairs[0][0][0], "" if nothing else "\treturn gfplint_ret;\n")


def kept(head, name, body, seen):
    """(way, new body, text before the function) for each way that breaks nothing."""
    tokens = {m["token"] for m in RESTORE.finditer(seen)} & {m["left"] for m in SAVE.finditer(seen)}
    kinds = {m["kind"] for m in SAVE.finditer(seen)} | {m["kind"] for m in RESTORE.finditer(seen)}
    if len(tokens) != 1:
        return
    token = tokens.pop()
    yield "rename the token", re.sub(r"\b%s\b" % token, "gfplint_token", body), ""
    if len(kinds) == 1:
        kind = kinds.pop()
        helped = body
        helped = helped.replace("memalloc_%s_save()" % kind, "gfplint_begin_%s()" % kind)
        helped = helped.replace("memalloc_%s_restore(" % kind, "gfplint_end_%s(" % kind)
        yield "static helpers", helped, HELPERS % {"kind": kind}
    restores = list(RESTORE.finditer(seen))
    if len(restores) == 1:
        yield "restore behind a label", replace(body, restores[0], "{ goto gfplint_out; gfplint_out: %s }" % restores[0][0]), ""
    labelled = one_label(head, name, body, seen)
    if labelled:
        yield "one label for all exits", labelled, ""
    saves = list(SAVE.finditer(seen))
    if not any(whole_declaration(body, save) for save in saves):
        wrapped = each(re.compile("%s|%s" % (re.sub(r"\?P<\w+>", "?:", SAVE.pattern),
                                             re.sub(r"\?P<\w+>", "?:", RESTORE.pattern))),
                       body, seen, lambda m: "{ if (gfplint_on) { %s } }" % m[0])
        yield "wrap both in the same if", wrapped, "static int gfplint_on;\n"


def functions(text):
    seen = blank(text)
    for match in FUNCTION.finditer(seen):
        start, end = match.span("body")
        if SAVE.search(seen, start, end) or RESTORE.search(seen, start, end):
            # The type may stand on a line of its own before the name.
            begin = match.start()
            before = seen[:begin].rsplit("\n", 2)
            if len(before) == 3 and re.fullmatch(r"[A-Za-z_][\w \t*]*", before[1]):
                begin -= len(before[1]) + 1
            head = seen[begin:start]
            yield begin, start, end, name_of(head), head, text[start:end], seen[start:end]


def local_token(body, seen):
    """Whether a token of the function is a local variable of its own."""
    return all(re.search(r"\b(?:int|long|unsigned|u32|u64)\b[^;()]*\b%s\b" % m["token"], seen)
               for m in RESTORE.finditer(seen)) and bool(SAVE.search(seen))


def copies_of(text):
    """(mutants, text) for the copies of one file."""
    rows = []
    for start, body_start, body_end, name, head, body, seen in functions(text):
        if name is None or not local_token(body, seen):
            continue
        # What a thread leaves open ends with it.
        thread = is_thread(name, text)
        mutants = [Mutant(way, False, name, name, new, "") for way, new in broken(name, head, body, seen)
                   if not thread or way not in ("drop the restore", "return before the restore")]
        mutants += [Mutant(way, True, name, name, new, before) for way, new, before in kept(head, name, body, seen)]
        rows.append((start, body_start, body_end, mutants))
    for turn in range(max((len(row[3]) for row in rows), default=0)):
        copy = text
        here = []
        for start, body_start, body_end, mutants in reversed(rows):
            if turn < len(mutants):
                copy = copy[:body_start] + mutants[turn].body + copy[body_end:]
                first = start
                here.append(mutants[turn])
        # What several functions of the copy ask for is written once.
        before = "".join(sorted({mutant.before for mutant in here}))
        yield here, copy[:first] + before + copy[first:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?", default="6.12")
    parser.add_argument("--sample", type=int, help="random copies to look at")
    parser.add_argument("--seed", type=int, default=612)
    parser.add_argument("--list", action="store_true", help="name every mutant that came out wrong")
    options = parser.parse_args()
    judge = Judge(options.version, "scope-unpaired")
    work = []
    for path in sorted(judge.entries):
        text = read(path)
        if "memalloc_" in text:
            work += [(path, mutants, copy) for mutants, copy in copies_of(text)]
    if options.sample:
        work = random.Random(options.seed).sample(work, min(options.sample, len(work)))
    judge.analyse(work)
    judge.finish(0.98, options.list)


if __name__ == "__main__":
    main()
