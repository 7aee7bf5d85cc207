"""The whole tree on two cores, step by step, and how linking grows with the number of units.

The store of the step `cold` stays in build/bench/whole-store, so that later steps can be run alone.
"""
import math
import os
import re

import change
import report
import runner
import setting as common
import table
import tools
import units

STEPS = ("cold", "warm", "file", "header", "core", "cocci")
CORE_RULES = "restricted-gfp-site,vmalloc-restricted-flags,kvmalloc-no-fallback,scope-unpaired"
FILE = "drivers/md/dm-bufio.c"
HEADER = "include/linux/iio/iio.h"
JOBS = 2
# Files, at most, on which the ways to run spatch are tried.
TRIED = 40
UNIT_TIMEOUT = 120


def store_of(setting):
    return os.path.join(setting.work, "whole-store")


def gfplint_step(setting, step):
    """Usage, how many units there are, and notes."""
    store = store_of(setting)
    more, changed = [], None
    if step == "core":
        store = os.path.join(setting.work, "core-store")
        more = ["--rules=" + CORE_RULES]
    elif step == "file":
        changed = os.path.join(setting.source, FILE)
    elif step == "header":
        changed = os.path.join(setting.source, setting.options.header or HEADER)
    if step in ("cold", "core"):
        common.remove(store)
    elif not os.path.exists(store):
        raise SystemExit("bench: the step %s needs the store of the step cold; run it first" % step)
    if changed is None:
        usage, read = common.gfplint(setting, setting.database, JOBS, store, *more)
    else:
        with change.comment_added(changed):
            usage, read = common.gfplint(setting, setting.database, JOBS, store, *more)
    if step == "core":
        common.remove(store)
    notes = ["%s: %s%d of %d units parsed, %d of them on shared headers; seconds: %s" %
             (step, "%s changed; " % os.path.relpath(changed, setting.source) if changed else "", read.parsed,
              read.units, read.shared, common.steps(read))]
    if read.failed:
        notes.append("%s: %d units could not be analysed: %s" %
                     (step, len(read.failed), common.names(read.failed)))
    return usage, read.units, notes


def spatch_ways(source, folder):
    """How call_kern.cocci can be run over a folder with two processes. Left to choose how it looks for files
    that matter, spatch takes `git grep` inside a git work tree, which sees no ignored file."""
    command = tools.spatch(source)
    each = " ".join(command + ["--timeout", str(UNIT_TIMEOUT)])
    return {
        "spatch --use-coccigrep --jobs %d --dir" % JOBS: command + ["--timeout", str(UNIT_TIMEOUT), "--jobs", str(JOBS),
                                                   "--use-coccigrep", "--dir", folder],
        "a spatch process a file, xargs -P %d" % JOBS: [
            "sh", "-c", "find '%s' -name '*.c' -print0 | xargs -0 -n 1 -P %d %s" % (folder, JOBS, each)],
    }


def linked_files(setting, count, name):
    """A folder of links to the files of that many units, and how many there are."""
    folder = os.path.join(setting.work, name)
    common.remove(folder)
    known = units.take(setting.database, count, setting.options.seed, folder + ".json", setting.source, folder)
    os.unlink(folder + ".json")
    return folder, known["linked"]


def spatch_step(setting):
    """The faster of the ways on some units is taken for all."""
    files, linked = linked_files(setting, "1/1", "cocci-files")
    folder, few = linked_files(setting, min(TRIED, linked), "cocci-tried")
    tried = {way: runner.run(command, setting.source)
             for way, command in spatch_ways(setting.source, folder).items()}
    common.remove(folder)
    whole = {way: usage for way, usage in tried.items() if usage.status == 0}
    if not whole:
        raise SystemExit("bench: spatch failed in each way of running it on %d files" % few)
    chosen = min(whole, key=lambda way: whole[way].wall)
    usage = runner.run(spatch_ways(setting.source, files)[chosen], setting.source, keep_errors=True)
    common.remove(files)
    notes = ["cocci: %s, the fastest on %d files (%s); a file is given up after %d seconds" %
             (chosen, few, "; ".join("%s %.1f s%s" % (way, u.wall, "" if u.status == 0 else ", failed")
                                       for way, u in tried.items()), UNIT_TIMEOUT)]
    found = re.search(r"^(\d+) files match", usage.errors, re.MULTILINE)
    if found:
        notes.append("cocci: %s of %d files hold words that it looks for and were read" %
                     (found.group(1), linked))
    if usage.status != 0:
        notes.append("cocci: ended with status %d, so that it may not have read all files" % usage.status)
    return usage, linked, notes


def names(setting):
    return {"cold": "gfplint cold", "warm": "gfplint warm", "file": "gfplint, one file changed",
            "header": "gfplint, one header changed", "core": "gfplint cold, the four core rules",
            "cocci": "spatch call_kern.cocci"}


def run(setting):
    runner.use_cores(JOBS)
    wanted = setting.options.only or STEPS
    rows, notes, values = [], [], {}
    for step in (s for s in STEPS if s in wanted):
        usage, count, said = spatch_step(setting) if step == "cocci" else gfplint_step(setting, step)
        notes += said
        rows.append([names(setting)[step], table.number(usage.wall, 1), table.number(usage.cpu, 1),
                     table.number(count / usage.wall, 1), table.number(usage.peak, 0)])
        values[step] = dict(usage._replace(errors="")._asdict(), units=count)
        print("bench: %s took %.1f s" % (step, usage.wall), flush=True)
    title = "All C units (%s), %d cores, one run a step" % (units.describe(setting.database), JOBS)
    # The comparison with Coccinelle has a table of its own.
    name = "core" if set(wanted) == {"core", "cocci"} else "whole"
    return report.Result(name, title, ["", "wall s", "CPU s", "units/s", "peak MiB"], rows, notes, values)


def scale(setting):
    """Warm runs over random parts of the tree, with the store of the whole."""
    runner.use_cores(JOBS)
    if not os.path.exists(store_of(setting)):
        raise SystemExit("bench: --scale needs the store of the whole tree; run ./dev bench --whole --only=cold")
    rows, notes, values = [], [], []
    for part in ("1/8", "1/4", "1/2", "1/1"):
        database = os.path.join(setting.work, "scale.json")
        units.take(setting.database, part, setting.options.seed, database)
        best = None
        for _ in range(setting.options.rounds):
            usage, read = common.gfplint(setting, database, JOBS, store_of(setting))
            if best is None or usage.wall < best[0].wall:
                best = (usage, read)
        os.unlink(database)
        usage, read = best
        seconds = [read.seconds[step] for step in ("loading", "linking", "rules")]
        rows.append(["%s of the tree" % part if part != "1/1" else "the tree", "{:,}".format(read.units)] +
                    [table.number(s) for s in seconds + [math.fsum(seconds), usage.wall]] +
                    [table.number(usage.peak, 0)])
        values.append(dict(usage._replace(errors="")._asdict(), units=read.units, seconds=read.seconds))
        if read.parsed:
            notes.append("%s: %d units were not in the store and were parsed" % (part, read.parsed))
    title = ("Warm runs over random parts of the tree (%s), seed %d, best of %d rounds" %
             (units.describe(setting.database), setting.options.seed, setting.options.rounds))
    return report.Result("scale", title, ["", "units", "loading s", "linking s", "rules s", "these three s",
                                          "wall s", "peak MiB"], rows, notes, values)
