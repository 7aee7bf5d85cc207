"""What all benches need to know: where things are, and what was asked for."""
import collections
import json
import os
import shutil

import runner
import stats
import tools

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# `work`: a folder for databases and stores. `source`: the kernel's source root.
Setting = collections.namedtuple("Setting", "program compiler database source work options")


def make(options):
    database = os.path.abspath(options.database)
    if os.path.isdir(database):
        database = os.path.join(database, "compile_commands.json")
    if not os.path.exists(database):
        raise SystemExit("bench: %s is missing; ./dev kernel 6.12 all makes it" % database)
    source = os.path.realpath(os.path.join(os.path.dirname(database), "source"))
    if not os.path.isdir(source):
        raise SystemExit("bench: no kernel source beside %s; databases of ./dev kernel have one" % database)
    work = os.path.join(ROOT, "build", "bench")
    os.makedirs(work, exist_ok=True)
    compiler = "clang-" + os.environ.get("GFPLINT_LLVM", "19")
    return Setting(os.path.join(ROOT, "build", "bin", "gfplint"), compiler, database, source, work, options)


def gfplint(setting, database, jobs, store, *more):
    """Usage and stats. A run that is not whole is an error, but for units that cannot be analysed."""
    usage = runner.run(tools.gfplint(setting.program, database, jobs, store, *more), setting.work,
                       keep_errors=True)
    read = stats.parse(usage.errors)
    if usage.status not in (0, 1) and not (usage.status == 2 and read.failed):
        raise SystemExit("bench: gfplint ended with status %d:\n%s" % (usage.status, usage.errors.strip()))
    return usage, read


def remove(folder):
    if os.path.exists(folder):
        shutil.rmtree(folder)


def load(database):
    """For small databases alone (see runner.py)."""
    with open(database) as file:
        return json.load(file)


def steps(read):
    """Where the time of a run went, as one line."""
    return ", ".join("%s %.2f" % (step, seconds) for step, seconds in read.seconds.items())


def names(files, shown=3):
    more = ", ..." if len(files) > shown else ""
    return ", ".join(files[:shown]) + more
