"""gfplint, clang and other checkers on the same random units, one core each."""
import collections
import os
import shutil

import change
import report
import runner
import setting as common
import stats
import table
import tools
import units

# One row: what it took, and remarks on it.
Row = collections.namedtuple("Row", "name usage notes")
HEADER = "include/linux/slab.h"


def unit_row(name, entries, command, folder):
    """A process a unit."""
    usages, failed = [], []
    for entry in entries:
        usages.append(runner.run(command(entry), folder(entry)))
        if usages[-1].status != 0:
            failed.append(entry["file"])
    notes = []
    if failed:
        notes.append("%s failed on %d of %d units: %s" % (name, len(failed), len(entries), common.names(failed)))
    return Row(name, runner.total(usages), notes)


def gfplint_row(setting, name, database, store, changed=None):
    if changed is None:
        usage, read = common.gfplint(setting, database, 1, store)
    else:
        with change.comment_added(changed):
            usage, read = common.gfplint(setting, database, 1, store)
    notes = ["%s: %d of %d units parsed, %d of them on shared headers; seconds: %s" %
             (name, read.parsed, read.units, read.shared, common.steps(read))]
    if read.failed:
        notes.append("%s could not analyse %d units: %s" % (name, len(read.failed), common.names(read.failed)))
    return Row(name, usage, notes)


def shared_out(setting, database, made, making, store):
    """A run on shared headers that are there already (in the store `made`, by the run `making`), plus the
    share of making them that falls to these units."""
    name = "gfplint cold, PCH shared out"
    common.remove(store)
    shutil.copytree(made, store)
    usage, parsing = common.gfplint(setting, database, 1, store, "--headers-for=" + setting.database)
    extra = stats.own_share(making, parsing, parsing.units)
    note = ("%s: shared headers of %d groups, made in %.1f CPU seconds for %d units; the share of these units is "
            "%.2f; %d of %d units parsed on them; seconds: %s" %
            (name, sum(h.made for h in making.headers), sum(h.seconds for h in making.headers),
             sum(h.units for h in making.headers), stats.share(making.headers), parsing.shared, parsing.units,
             common.steps(parsing)))
    return Row(name, usage._replace(wall=usage.wall + extra, cpu=usage.cpu + extra), [note])


def make_headers(setting, database, store):
    """Makes the shared headers that a run over the whole database would make for these units."""
    common.remove(store)
    _, making = common.gfplint(setting, database, 1, store, "--headers-for=" + setting.database, "--headers-only")
    return making


def one_round(setting, database, entries, made, making):
    work = setting.work
    store = os.path.join(work, "units-store")
    common.remove(store)
    file = os.path.realpath(os.path.join(entries[0]["directory"], entries[0]["file"]))
    header = os.path.join(setting.source, setting.options.header or HEADER)
    patch = tools.spatch(setting.source)
    rows = [unit_row("%s -fsyntax-only" % setting.compiler, entries,
                     lambda e: tools.clang(e, setting.compiler), lambda e: e["directory"]),
            gfplint_row(setting, "gfplint cold", database, store),
            shared_out(setting, database, made, making, os.path.join(work, "units-store-headers")),
            gfplint_row(setting, "gfplint warm", database, store),
            gfplint_row(setting, "gfplint, one file changed", database, store, file),
            gfplint_row(setting, "gfplint, one header changed", database, store, header),
            unit_row("spatch call_kern.cocci", entries, lambda e: patch + [e["file"]], lambda e: setting.source),
            unit_row("sparse", entries, tools.sparse, lambda e: e["directory"])]
    return rows


def best(rounds):
    """Of each row the round that took the least CPU time."""
    return [min(rows, key=lambda row: row.usage.cpu) for rows in zip(*rounds)]


def lines(rows, count):
    clang = rows[0].usage.cpu
    return [[row.name, table.number(row.usage.wall), table.number(row.usage.cpu),
             table.number(row.usage.cpu / count, 3), table.number(row.usage.cpu / clang),
             table.number(row.usage.peak, 0)] for row in rows]


def run(setting):
    options = setting.options
    cores = runner.use_cores(1)
    database = os.path.join(setting.work, "units.json")
    known = units.take(setting.database, options.units, options.seed, database)
    entries = common.load(database)
    made = os.path.join(setting.work, "units-headers")
    making = make_headers(setting, database, made)
    rows = best([one_round(setting, database, entries, made, making) for _ in range(options.rounds)])
    for folder in ("units-store", "units-store-headers", "units-headers"):
        common.remove(os.path.join(setting.work, folder))
    title = ("%d random C units of %d (%s), seed %d, core %d alone, best of %d rounds" %
             (known["chosen"], known["units"], units.describe(setting.database), options.seed, cores[0],
              options.rounds))
    return report.Result("units", title, ["", "wall s", "CPU s", "CPU s/unit", "of clang", "peak MiB"],
                         lines(rows, len(entries)), [note for row in rows for note in row.notes],
                         {row.name: row.usage._replace(errors="")._asdict() for row in rows})
