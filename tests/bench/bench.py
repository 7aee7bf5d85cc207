#!/usr/bin/env python3
"""Speed and memory of gfplint beside clang, Coccinelle and sparse. docs/benchmarks.md says how.

  bench.py [--units N] [--seed S] [--rounds R]   one table over the same random units, one core each
  bench.py --whole [--only=cold,warm,...]        the whole tree on two cores
  bench.py --scale                               loading, linking and rules over parts of the tree
"""
import argparse
import os
import signal
import sys

import machine
import report
import setting
import side_by_side
import whole


def steps(text):
    wanted = text.split(",")
    for step in wanted:
        if step not in whole.STEPS:
            raise argparse.ArgumentTypeError("'%s' is no step; they are %s" % (step, ",".join(whole.STEPS)))
    return wanted


def count(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError("'%s' is no number above 0" % text)
    return int(text)


def parse(words):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=count, default=60, help="random units (60)")
    parser.add_argument("--seed", type=int, default=612, help="of the choice of units (612)")
    parser.add_argument("--rounds", type=count, default=2, help="the best of so many counts (2)")
    parser.add_argument("--database", metavar="DB", help="compile_commands.json of ./dev kernel (6.12's)",
                        default=os.path.join(setting.ROOT, "build/kernel/6.12/compile_commands.json"))
    parser.add_argument("--header", metavar="PATH", help="the header that is changed, below the kernel source "
                        "(%s; for --whole %s)" % (side_by_side.HEADER, whole.HEADER))
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--whole", action="store_true", help="the whole tree")
    kind.add_argument("--scale", action="store_true", help="parts of the tree; needs the store of --whole")
    parser.add_argument("--only", type=steps, metavar="STEPS", help="steps of --whole: " + ",".join(whole.STEPS))
    parser.add_argument("--record", metavar="FILE", help="append the result to FILE as a line of JSON")
    parser.add_argument("--write-docs", action="store_true", help="put the result into docs/benchmarks.md")
    options = parser.parse_args(words)
    if options.only and not options.whole:
        parser.error("--only goes with --whole")
    return options


def main():
    options = parse(sys.argv[1:])
    # So that changed sources are put back.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    place = setting.make(options)
    about = machine.about(setting.ROOT, place.database, place.compiler)
    measure = whole.run if options.whole else whole.scale if options.scale else side_by_side.run
    result = measure(place)
    print("\n".join("%s: %s" % one for one in about.items()) + "\n")
    report.show(result)
    if options.whole or options.scale:
        print("\n" + report.markdown(result, about))
    if options.record:
        report.record(result, about, options.record)
    if options.write_docs:
        report.write_docs(result, about, os.path.join(setting.ROOT, "docs", "benchmarks.md"))


if __name__ == "__main__":
    main()
