#!/usr/bin/env python3
"""Tests of the parts of the bench that measure nothing."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bench
import change
import report
import runner
import side_by_side
import stats
import table
import tools
import units

MAKING = """\
gfplint: flags of the tree: 0.340 CPU seconds
gfplint: shared headers made: 3.000 CPU seconds, for 300 units, 2 of them here, below /k/fs
gfplint: shared headers could not be made: 1.000 CPU seconds, for 100 units, 1 of them here, below /
gfplint: shared headers planned: 2.000 CPU seconds, for 1000 units
"""
PARSING = """\
gfplint: flags of the tree: 0.010 CPU seconds
gfplint: shared headers could not be made: 1.200 CPU seconds, for 100 units, 1 of them here, below /
gfplint: shared headers planned: 2.500 CPU seconds, for 1000 units
gfplint: 4 units, 3 parsed in this run, 2 of them on shared headers; 51 functions
gfplint: seconds: 0.50 database and knowledge, 0.25 looking up, 0.10 shared headers, 1.20 parsing
gfplint: seconds: 0.01 rules, 0.02 report
gfplint: fs/a.c: not analysed: 'x.h' file not found
"""


class Stats(unittest.TestCase):
    def test_reads_all_lines(self):
        read = stats.parse(PARSING)
        self.assertEqual((read.units, read.parsed, read.shared), (4, 3, 2))
        self.assertEqual(list(read.seconds.items())[0], ("database and knowledge", 0.5))
        self.assertEqual(read.seconds["report"], 0.02)
        self.assertEqual(read.planned, (2.5, 1000))
        self.assertEqual(read.headers, [stats.Headers(False, 1.2, 100, 1)])
        self.assertEqual(read.failed, ["fs/a.c"])

    def test_shares_the_headers_out(self):
        self.assertAlmostEqual(stats.share(stats.parse(MAKING).headers), 3 * 2 / 300 + 1 * 1 / 100)

    def test_takes_out_what_serves_others(self):
        extra = stats.own_share(stats.parse(MAKING), stats.parse(PARSING), 4)
        self.assertAlmostEqual(extra, 0.03 + 2.5 * 4 / 1000 + 0.34 - 0.01 - 2.5 - 1.2)

    def test_other_output_says_nothing(self):
        read = stats.parse("gfplint: something else\n")
        self.assertEqual((read.units, read.seconds, read.headers, read.failed), (0, {}, [], []))


class Table(unittest.TestCase):
    def test_text_is_aligned(self):
        self.assertEqual(table.text(["", "wall s"], [["clang", "1.00"], ["x", "10,000.00"]]),
                         "          wall s\nclang       1.00\nx      10,000.00")

    def test_markdown(self):
        self.assertEqual(table.markdown(["", "s"], [["a|b", 1]]), "|  | s |\n| --- | ---: |\n| a\\|b | 1 |")

    def test_number(self):
        self.assertEqual(table.number(12345.678), "12,345.68")
        self.assertEqual(table.number(0.5, 0), "0")
        self.assertEqual(table.number(None), "-")


class Report(unittest.TestCase):
    RESULT = report.Result("units", "2 units", ["", "s"], [["clang", "1.0"]], ["a note"], {"clang": 1.0})
    PAGE = "# Head\n<!-- bench units: begin -->\nold\n<!-- bench units: end -->\nfoot\n"

    def test_replaces_between_the_markers_alone(self):
        page = report.replaced(self.PAGE, "units", "new")
        self.assertEqual(page, "# Head\n<!-- bench units: begin -->\n\nnew\n\n<!-- bench units: end -->\nfoot\n")
        self.assertEqual(report.replaced(page, "units", "new"), page)

    def test_missing_or_double_markers_are_an_error(self):
        for page in ("nothing\n", self.PAGE + self.PAGE):
            with self.assertRaises(ValueError):
                report.replaced(page, "units", "new")

    def test_writes_the_page(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w") as file:
                file.write(self.PAGE)
            report.write_docs(self.RESULT, {"date": "today"}, path)
            with open(path) as file:
                page = file.read()
            self.assertEqual(os.listdir(folder), ["page.md"])
        for part in ("2 units.", "| clang | 1.0 |", "- a note", "| date | today |", "foot"):
            self.assertIn(part, page)
        self.assertNotIn("old", page)

    def test_records_a_line_a_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "record")
            report.record(self.RESULT, {"date": "today"}, path)
            report.record(self.RESULT, {"date": "later"}, path)
            with open(path) as file:
                lines = [json.loads(line) for line in file]
        self.assertEqual([line["about"]["date"] for line in lines], ["today", "later"])
        self.assertEqual(lines[0]["values"], {"clang": 1.0})

    def test_the_docs_have_all_markers(self):
        page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "benchmarks.md")
        with open(page) as file:
            text = file.read()
        for name in ("units", "whole", "scale"):
            self.assertIn("\nx\n", report.replaced(text, name, "x"))


class Change(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "a.h")
        with open(self.path, "w") as file:
            file.write("int a;")
        os.utime(self.path, (1000, 1000))

    def tearDown(self):
        self.folder.cleanup()

    def check_restored(self):
        with open(self.path) as file:
            self.assertEqual(file.read(), "int a;")
        self.assertEqual(os.stat(self.path).st_mtime, 1000)
        self.assertEqual(os.listdir(self.folder.name), ["a.h"])

    def test_changes_and_puts_back(self):
        with change.comment_added(self.path):
            with open(self.path) as file:
                self.assertRegex(file.read(), r"^int a;\n/\* .* \*/\n$")
        self.check_restored()

    def test_puts_back_after_an_error(self):
        with self.assertRaises(KeyError):
            with change.comment_added(self.path):
                raise KeyError
        self.check_restored()

    def test_puts_back_what_a_killed_run_left(self):
        os.link(self.path, self.path + change.SAVED)
        change.restore(self.path)
        self.check_restored()
        os.rename(self.path, self.path + change.SAVED)
        with open(self.path, "w") as file:
            file.write("changed")
        change.restore(self.path)
        self.check_restored()


class Units(unittest.TestCase):
    ENTRIES = [{"file": "/k/%d.c" % i, "directory": "/k", "command": "cc"} for i in range(16)]

    def test_the_order_of_the_database_does_not_matter(self):
        self.assertEqual(units.choose(self.ENTRIES, "5", 1), units.choose(self.ENTRIES[::-1], "5", 1))

    def test_counts_c_units_alone(self):
        total, chosen = units.choose(self.ENTRIES + [{"file": "/k/a.S"}], "1/4", 1)
        self.assertEqual((total, len(chosen)), (16, 4))

    def test_too_many_is_an_error(self):
        with self.assertRaises(SystemExit):
            units.choose(self.ENTRIES, "17", 1)


class Commands(unittest.TestCase):
    ENTRY = {"file": "/k/a.c", "directory": "/b",
             "command": "gcc -Wp,-MMD,.a.o.d -I/k -DX='\"a\"' -c -o a.o /k/a.c"}

    def test_flags_write_nothing(self):
        self.assertEqual(tools.unit_flags(self.ENTRY), ["-I/k", '-DX="a"', "/k/a.c"])

    def test_clang(self):
        self.assertEqual(tools.clang(self.ENTRY, "clang-19")[0], "clang-19")
        self.assertIn("-fsyntax-only", tools.clang(self.ENTRY, "clang-19"))

    def test_spatch_takes_the_options_of_the_semantic_patch(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, os.path.dirname(tools.COCCI)))
            with open(os.path.join(folder, tools.COCCI), "w") as file:
                file.write("/// text\n// Options: --no-includes --include-headers\n")
            self.assertEqual(tools.spatch(folder)[-4:],
                             ["--no-includes", "--include-headers", "--cocci-file", tools.COCCI])


class Rows(unittest.TestCase):
    @staticmethod
    def usage(cpu):
        return runner.Usage(2 * cpu, cpu, 100.4, 0, "")

    def test_best_round_of_each_row(self):
        rounds = [[side_by_side.Row("clang", self.usage(c), []), side_by_side.Row("x", self.usage(x), [])]
                  for c, x in ((4.0, 1.0), (2.0, 3.0))]
        self.assertEqual([row.usage.cpu for row in side_by_side.best(rounds)], [2.0, 1.0])

    def test_ratio_is_to_the_first_row(self):
        rows = [side_by_side.Row("clang", self.usage(4.0), []), side_by_side.Row("x", self.usage(1.0), [])]
        self.assertEqual(side_by_side.lines(rows, 2)[1], ["x", "2.00", "1.00", "0.500", "0.25", "100"])

    def test_run_tells_status_and_errors(self):
        used = runner.run([sys.executable, "-c", "import sys; sys.stderr.write('said'); sys.exit(3)"], "/",
                          keep_errors=True)
        self.assertEqual((used.status, used.errors), (3, "said"))
        self.assertGreater(used.peak, 0)

    def test_options(self):
        self.assertEqual(bench.parse(["--whole", "--only=warm,cocci"]).only, ["warm", "cocci"])
        for words in (["--only=warm"], ["--whole", "--only=cool"], ["--whole", "--scale"], ["--units", "0"]):
            with self.assertRaises(SystemExit), open(os.devnull, "w") as null:
                stderr, sys.stderr = sys.stderr, null
                try:
                    bench.parse(words)
                finally:
                    sys.stderr = stderr


if __name__ == "__main__":
    unittest.main()
