#!/usr/bin/env python3
"""Runs that share a store, are killed or interrupted, and units that take their worker with them."""
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import BAD, CLEAN, CliTest, Tree, main
from stores import parsed

UNITS = 100  # Enough for shared headers (SmallestGroup in engine/Analyse.cpp).


def slow_unit(number):
    """A unit that takes a while, with one finding."""
    functions = "".join(
        f"static int work{number}_{i}(int n)\n{{\n\twhile (n-- > {i})\n\t\tif (n % 3)\n\t\t\tn /= 2;\n\treturn n;\n}}\n"
        for i in range(1500))
    calls = "".join(f"\tn += work{number}_{i}(n);\n" for i in range(1500))
    return BAD.replace("_get", f"_get{number}") + functions + f"int all{number}(int n)\n{{\n{calls}\treturn n;\n}}\n"


class Run(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)

    def words(self, *more):
        return [self.program, "check", "--format=json", "--stats", "--progress=never", "-j2", "-p", self.tree.root, *more]

    def check(self, *more, status=1):
        done = subprocess.run(self.words(*more), capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def start(self, *more):
        """In a process group of its own."""
        return subprocess.Popen(self.words(*more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                start_new_session=True)

    def make_units(self):
        names = []
        for i in range(UNITS):
            names.append(f"drivers/demo/unit{i}.c")
            self.tree.write(names[-1], slow_unit(i))
        self.tree.database(names)
        time.sleep(0.1)
        return self.check("--no-cache")

    def assert_store_is_whole(self):
        db = sqlite3.connect(self.tree.path(".gfplint/store.sqlite"))
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        db.close()

    def test_shared_headers_do_not_show(self):
        shared = self.make_units()
        self.assertEqual(parsed(shared)[0], UNITS)
        self.assertGreater(parsed(shared)[1], 0, "no unit was parsed on shared headers")
        plain = self.check("--no-cache", "--no-pch")
        self.assertEqual(parsed(plain), (UNITS, 0))
        self.assertEqual(plain.stdout, shared.stdout)

    def test_two_runs_on_one_store(self):
        alone = self.make_units()
        both = [self.start(), self.start()]
        for one in both:
            output, errors = one.communicate(timeout=120)
            self.assertEqual((one.returncode, output), (1, alone.stdout), errors)
        self.assert_store_is_whole()
        after = self.check()
        self.assertEqual((parsed(after)[0], after.stdout), (0, alone.stdout))

    def test_killed_at_any_moment(self):
        alone = self.make_units()
        dice = random.Random(9)
        for _ in range(10):
            run = self.start()
            time.sleep(dice.uniform(0.02, 2.5))
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate(timeout=10)
        after = self.check()
        self.assertEqual(after.stdout, alone.stdout)
        self.assert_store_is_whole()
        self.assertEqual(parsed(self.check())[0], 0)

    def test_interrupted(self):
        alone = self.make_units()
        whole = UNITS
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.start("-j1")
            # The store is written twice a second: something is in it by then.
            time.sleep(1.5)
            if run.poll() is not None:
                run.communicate()
                self.skipTest("this machine is done before it can be interrupted")
            start = time.monotonic()
            run.send_signal(number)
            output, errors = run.communicate(timeout=20)
            self.assertLess(time.monotonic() - start, 1.0)
            self.assertEqual((run.returncode, output), (128 + number, ""), errors)
            self.assertIn("ended by a signal", errors)
            # Nobody is left behind.
            with self.assertRaises(ProcessLookupError):
                os.killpg(run.pid, 0)
        after = self.check()
        self.assertLess(parsed(after)[0], whole)
        self.assertEqual(after.stdout, alone.stdout)

    def bad_unit(self, text, *options, flags=()):
        """One unit is lost, and named; the others' findings are there. Returns the failure."""
        self.tree.write("awful.c", text)
        self.tree.write("bad.c", BAD)
        self.tree.write("clean.c", CLEAN)
        entries = [self.tree.entry(name) for name in ("awful.c", "bad.c", "clean.c")]
        entries[0]["arguments"][1:1] = flags
        self.tree.write("compile_commands.json", json.dumps(entries))
        time.sleep(0.1)
        done = self.check(*options, status=2)
        report = json.loads(done.stdout)
        self.assertEqual(report["stats"], {"entries": 3, "analysed": 2, "failed": 1})
        self.assertEqual([f["file"] for f in report["failures"]], ["awful.c"])
        self.assertIn("bad.c", {f["file"] for f in report["findings"]})
        self.assertIn("awful.c: not analysed: ", done.stderr)
        # It is tried again the next time: another machine's memory or patience may be larger.
        again = self.check(*options, status=2)
        self.assertEqual(again.stdout, done.stdout)
        self.assertEqual(parsed(again)[0], 0)
        return report["failures"][0]["error"]

    def test_a_unit_that_crashes_its_worker(self):
        deep = 200_000
        error = self.bad_unit("int deep = " + "(" * deep + "1" + ")" * deep + ";\n", flags=["-fbracket-depth=1000000"])
        self.assertIn("signal", error)

    def test_a_unit_that_never_ends(self):
        # Constant evaluation that takes minutes: loops of Clang's interpreter are not for C, macros are.
        text = "#define A0(x) x x x x x x x x\n"
        text += "".join(f"#define A{i}(x) A{i - 1}(A{i - 1}(x))\n" for i in range(1, 4))
        error = self.bad_unit(text + "#if 0 A3(A3(+ 1)) \n#endif\nA3(A3(;))\n", "--unit-timeout=2")
        self.assertIn("took longer than 2 s", error)

    def test_a_unit_that_eats_memory(self):
        text = "#define A0 1,1,1,1,1,1,1,1,1,1\n"
        text += "".join(f"#define A{i} " + ",".join([f"A{i - 1}"] * 10) + "\n" for i in range(1, 8))
        error = self.bad_unit(text + "int list[] = { A7 };\n", "--unit-memory=200", "--unit-timeout=60")
        self.assertIn("200 MiB", error)


if __name__ == "__main__":
    main()
