"""Reads what `gfplint check --stats` writes to standard error."""
import collections
import re

# One group of units: CPU seconds for its shared headers, units that they serve, and those of this run.
Headers = collections.namedtuple("Headers", "made seconds units here")
# `seconds`: {step: seconds}, in the order of the steps. `planned`: CPU seconds for planning shared headers
# over another database, and its units. `flags`: CPU seconds for reading the flags of the tree. `failed`:
# files that were not analysed.
Stats = collections.namedtuple("Stats", "units parsed shared seconds headers planned flags failed")

COUNTS = re.compile(r"gfplint: (\d+) units, (\d+) parsed in this run, (\d+) of them on shared headers")
SECONDS = re.compile(r"gfplint: seconds: (.+)")
HEADERS = re.compile(r"gfplint: shared headers (made|could not be made): ([\d.]+) CPU seconds, for (\d+) units, "
                     r"(\d+) of them here")
PLANNED = re.compile(r"gfplint: shared headers planned: ([\d.]+) CPU seconds, for (\d+) units")
FLAGS = re.compile(r"gfplint: flags of the tree: ([\d.]+) CPU seconds")
FAILED = re.compile(r"gfplint: (.+?): not analysed: ")


def parse(text):
    units = parsed = shared = 0
    seconds, headers, failed = {}, [], []
    planned = (0.0, 0)
    flags = 0.0
    for line in text.splitlines():
        counts = COUNTS.match(line)
        made = HEADERS.match(line)
        if counts:
            units, parsed, shared = map(int, counts.groups())
        elif SECONDS.match(line):
            for one in SECONDS.match(line).group(1).split(", "):
                number, step = one.split(" ", 1)
                seconds[step] = float(number)
        elif made:
            headers.append(Headers(made.group(1) == "made", float(made.group(2)), int(made.group(3)),
                                   int(made.group(4))))
        elif PLANNED.match(line):
            planned = (float(PLANNED.match(line).group(1)), int(PLANNED.match(line).group(2)))
        elif FLAGS.match(line):
            flags = float(FLAGS.match(line).group(1))
        elif FAILED.match(line):
            failed.append(FAILED.match(line).group(1))
    return Stats(units, parsed, shared, seconds, headers, planned, flags, failed)


def share(headers):
    """CPU seconds of making shared headers that fall to the units of this run."""
    return sum(h.seconds * h.here / h.units for h in headers)


def own_share(making, parsing, chosen):
    """What to add to the time of the run `parsing`, which found the shared headers that the run `making`
    had made, so that each unit carries its share of making and of planning them and no more. Groups whose
    headers cannot be made are tried again in each run; that is taken out too. The tree's flags, which
    `making` left behind as well, count as if `parsing` had read them."""
    planned, planned_units = parsing.planned
    spent = planned + sum(h.seconds for h in parsing.headers)
    planning = planned * chosen / planned_units if planned_units else 0.0
    return share(making.headers) + planning + making.flags - parsing.flags - spent
