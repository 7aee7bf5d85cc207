#!/usr/bin/env python3
"""The source keeps its order, and the check of that order catches what it is there for."""
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import check_includes  # noqa: E402

PLANTED = [
    ("checker/ir/Ir.h", '#include "program/Program.h"', "ir/ may not include program/"),
    ("checker/gfp/Mask.h", '#include "ir/Ir.h"', "gfp/ may not include ir/"),
    ("checker/frontend/Parse.h", '#include "lower/Lower.h"', "frontend/ may not include lower/"),
    ("checker/lower/Lower.cpp", '#include "engine/Pool.h"', "lower/ may not include engine/"),
    ("checker/program/Program.cpp", '#include "report/Report.h"', "program/ may not include report/"),
    ("checker/program/Program.cpp", '#include "clang/AST/Decl.h"', "program/ may not see Clang"),
    ("checker/report/Text.cpp", '#include "fix/Apply.h"', "report/ may not include fix/"),
    ("checker/flow/Paths.cpp", "#include <fstream>", "does input or output"),
    ("checker/gfp/Mask.cpp", '#  include "llvm/Support/MemoryBuffer.h"', "does input or output"),
    ("checker/ir/Encode.cpp", '#include "../gfp/Mask.h"', "are written from checker/ on"),
    ("rules/Support.cpp", '#include "lower/Lower.h"', "rules/ may not include lower/"),
    ("rules/Support.cpp", '#include "report/Report.h"', "rules/ may not include report/"),
    ("rules/Registry.h", "#include <clang/AST/Expr.h>", "rules/ may not see Clang"),
]


class Architecture(unittest.TestCase):
    def test_the_source_keeps_its_order(self):
        problems, seen = check_includes.check(ROOT)
        self.assertEqual(problems, [])
        self.assertGreater(seen, 50)

    def test_planted_includes_are_caught(self):
        with tempfile.TemporaryDirectory() as copy:
            for top in ("checker", "rules"):
                shutil.copytree(os.path.join(ROOT, top), os.path.join(copy, top))
            for path, line, wanted in PLANTED:
                with self.subTest(path=path, line=line):
                    file = os.path.join(copy, path)
                    with open(file, encoding="utf-8") as text:
                        before = text.read()
                    with open(file, "w", encoding="utf-8") as text:
                        text.write(before + line + "\n")
                    problems, _ = check_includes.check(copy)
                    self.assertEqual(len(problems), 1, problems)
                    self.assertIn(wanted, problems[0])
                    self.assertIn(path, problems[0])
                    with open(file, "w", encoding="utf-8") as text:
                        text.write(before)

    def test_a_room_without_a_place_is_told(self):
        with tempfile.TemporaryDirectory() as copy:
            os.makedirs(os.path.join(copy, "checker", "novel"))
            with open(os.path.join(copy, "checker", "novel", "New.h"), "w", encoding="utf-8") as text:
                text.write("// New.\n")
            problems, _ = check_includes.check(copy)
            self.assertIn("novel/", problems[0])


if __name__ == "__main__":
    unittest.main()
