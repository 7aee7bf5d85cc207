#!/usr/bin/env python3
"""The clang-tidy module: what clang-tidy shows with it is what `gfplint check -- FLAGS FILE.c` shows."""
import functools
import os
import re
import shutil
import subprocess
import sys
import unittest

from harness import BAD, BROKEN, CFLAGS, CLEAN, FIXABLE, NOTE, CliTest, Tree, main

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import minikernel  # noqa: E402
import run_cases  # noqa: E402
from tidy import Tidy, parse  # noqa: E402

# So often `fix` itself looks again at what it made possible.
ROUNDS = 5


class TidyTest(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.clang_tidy = Tidy(cls.program)

    def tree(self, kind="6.12"):
        tree = Tree(kind)
        self.addCleanup(tree.__exit__)
        return tree

    def tidy(self, tree, *words, flags=(), status=0):
        """Runs clang-tidy with the module alone; what it wrote to standard output."""
        done = subprocess.run(
            [*self.clang_tidy.command(*words), "--", *CFLAGS, *flags],
            cwd=tree.root,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        self.errors = done.stderr
        return done.stdout

    def check(self, tree, name, *words):
        return self.run_in(tree, "check", *words, "--", *CFLAGS, name).stdout

    def groups(self):
        """The one-file rule cases by the kernel that they want: (tree, gfplint's arguments) -> cases."""
        groups = {}
        for rule in sorted(n for n in os.listdir(minikernel.RULES) if not n.startswith("include-")):
            for case in run_cases.cases_of(rule):
                if not case.folder:
                    groups.setdefault((case.options["tree"], case.options["args"]), []).append(case)
        self.assertGreater(sum(map(len, groups.values())), 30)
        return groups

    def copies(self, tree, cases):
        """Copies the cases into the tree; their names there."""
        names = []
        for case in cases:
            names.append(case.name.replace("/", "--"))
            shutil.copy(case.path, tree.path(names[-1]))
        return names

    @staticmethod
    def options_of(args):
        """clang-tidy's spelling of a case's arguments."""
        names = {"--kernel-version": "KernelVersion", "--scope-style": "ScopeStyle"}
        values = (word.split("=") for word in args.split())
        options = ", ".join(f"{names[name]}: '{value}'" for name, value in values)
        return [f"-config={{CheckOptions: {{{options}}}}}"] if options else []


class Findings(TidyTest):
    def test_the_rules_are_the_checks(self):
        listed = self.tidy(self.tree(), "-list-checks")
        rules = self.run_in(self.tree(), "rules", status=0).stdout
        ids = re.findall(r"^([a-z]+(?:-[a-z]+)+)\b", rules, re.M)
        self.assertGreater(len(ids), 5)
        self.assertEqual(sorted(re.findall(r"gfplint-(\S+)", listed)), sorted(ids))

    def test_every_case_as_check_shows_it(self):
        seen = 0
        for (kind, args), cases in self.groups().items():
            with Tree(kind) as tree:
                names = self.copies(tree, cases)
                # In one process: what is known of one unit must not reach the next.
                text = self.tidy(tree, "-header-filter=.*", *self.options_of(args), *names)
                shown = parse(text, tree.root, tree.root, tidy=True)
                for name in names:
                    wanted = parse(self.check(tree, name, *args.split()), tree.root, tree.root)
                    self.assertEqual([f for f in shown if f[0] == name], [f for f in wanted if f[0] == name], name)
                    seen += len(wanted)
        self.assertGreater(seen, 100)

    def test_findings_in_headers_are_for_the_header_filter(self):
        tree = self.tree()
        tree.write("include/linux/demo.h", NOTE)
        tree.write("demo.c", "#include <linux/demo.h>\n")
        # Without the option clang-tidy shows no header, and since 22 all of them.
        self.assertNotIn("gfplint", self.tidy(tree, "-header-filter=^$", "demo.c"))
        self.assertIn("include/linux/demo.h:4:21: remark: ", self.tidy(tree, "-header-filter=.*", "demo.c"))

    def test_checks_are_chosen_one_by_one(self):
        tree = self.tree()
        tree.write("both.c", NOTE + BAD)
        only = self.tidy(tree, "-checks=-*,gfplint-vmalloc-*", "both.c")
        self.assertEqual(set(re.findall(r"\[(gfplint-[a-z-]+)\]", only)), {"gfplint-vmalloc-restricted-flags"})

    def test_warnings_as_errors(self):
        tree = self.tree()
        tree.write("bad.c", BAD)
        self.tidy(tree, "bad.c", status=0)
        self.tidy(tree, "-warnings-as-errors=gfplint-vmalloc-*", "bad.c", status=1)

    def test_nolint(self):
        tree = self.tree()
        line = "\treturn __vmalloc(size, GFP_NOWAIT);"
        for comment, left in (
            (f"{line} /* NOLINT(gfplint-*) */", set()),
            (f"{line} // NOLINT", set()),
            (f"\t// NOLINTNEXTLINE(gfplint-vmalloc-restricted-flags)\n{line}", {"gfplint-restricted-gfp-site"}),
            (
                f"{line} // NOLINT(bugprone-*)",
                {"gfplint-restricted-gfp-site", "gfplint-vmalloc-restricted-flags"},
            ),
        ):
            tree.write("bad.c", BAD.replace(line, comment))
            self.assertEqual(set(re.findall(r"\[(gfplint-[a-z-]+)\]", self.tidy(tree, "bad.c"))), left, comment)

    def test_ignores_of_the_source(self):
        tree = self.tree()
        line = "\treturn __vmalloc(size, GFP_NOWAIT);"
        ignore = "/* gfplint-ignore: vmalloc-restricted-flags -- a test */"
        tree.write("bad.c", BAD.replace(line, f"{line} {ignore}"))
        tree.write("unused.c", NOTE.replace("GFP_NOFS);", f"GFP_NOFS); {ignore}"))
        self.assertNotIn("gfplint-vmalloc", self.tidy(tree, "bad.c"))
        self.assertIn("remark: there is no finding of vmalloc-restricted-flags", self.tidy(tree, "unused.c"))

    def test_the_trees_configuration(self):
        tree = self.tree()
        tree.write("bad.c", BAD)
        tree.write(".gfplint.yaml", "severity:\n  restricted-gfp-site: warning\n  vmalloc-restricted-flags: off\n")
        shown = self.tidy(tree, "bad.c")
        self.assertIn("warning: GFP_NOWAIT is passed to __vmalloc()", shown)
        self.assertNotIn("gfplint-vmalloc", shown)
        tree.write(".gfplint.yaml", "severity: 7\n")
        shown = self.tidy(tree, "bad.c", status=1)
        self.assertEqual(shown.count(".gfplint.yaml:1:"), 1, shown)

    def test_an_editors_text_stands_in_for_the_file(self):
        tree = self.tree("nowait")
        tree.write("fix.c", CLEAN)
        tree.write("unsaved.c", "/* a line that is not on disk */\n" + FIXABLE)
        tree.write(
            "overlay.yaml",
            f"""{{"version": 0, "use-external-names": false, "roots": [{{"type": "file", "name": "{tree.path("fix.c")}",
            "external-contents": "{tree.path("unsaved.c")}"}}]}}""",
        )
        shown = self.tidy(tree, f"-vfsoverlay={tree.path('overlay.yaml')}", "fix.c")
        self.assertIn("fix.c:7:26: warning: ", shown)
        self.assertIn("note: fix (safe): ", shown)


class Odd(TidyTest):
    def test_what_is_no_kernel_code_is_left_alone(self):
        tree = self.tree()
        tree.write("plain.c", "int main(void)\n{\n\treturn 0;\n}\n")
        tree.write("plain.cpp", "int main() { return 0; }\n")
        self.assertEqual(self.tidy(tree, "plain.c"), "")
        # The checks are for C: clang-tidy is left with none, which it does not mind.
        self.assertEqual(self.tidy(tree, "plain.cpp", flags=["-x", "c++", "-std=c++17"]), "")

    def test_flags_that_cannot_be_read_are_an_error(self):
        tree = self.tree()
        tree.write("own.c", "#define __GFP_DIRECT_RECLAIM 1\n" + CLEAN.replace("<linux/slab.h>", '"own.h"'))
        tree.write("own.h", "#define GFP_KERNEL 1\nvoid *kmalloc(unsigned long, unsigned);\n")
        os.remove(tree.path("include/linux/gfp.h"))
        shown = self.tidy(tree, "own.c", status=1)
        self.assertEqual(shown.count("cannot read the GFP flags with the command of this unit"), 1, shown)

    def test_what_does_not_compile_is_still_looked_at(self):
        tree = self.tree()
        tree.write("broken.c", BAD + BROKEN)
        shown = self.tidy(tree, "broken.c", status=1)
        self.assertIn("[clang-diagnostic-error]", shown)
        self.assertIn("[gfplint-vmalloc-restricted-flags]", shown)

    def test_wrong_options_are_named(self):
        tree = self.tree()
        tree.write("note.c", NOTE)
        for options, said in (
            ("KernelVersion: 'six'", "option KernelVersion: 'six' is no version; write it as 6.12"),
            ("ScopeStyle: 'both'", "option ScopeStyle: there is no style 'both'; there are save and guard"),
            ("gfplint-restricted-gfp-site.Models: 'no.yaml'", "option Models: no.yaml: No such file or directory"),
        ):
            # A check that cannot know what to look for says so with an error.
            shown = self.tidy(
                tree, f"-config={{CheckOptions: {{{options}}}}}", "note.c", status=int("Models" in options)
            )
            self.assertIn(said, shown)

    def test_models_teach_allocators(self):
        tree = self.tree()
        tree.write("own.yaml", "allocators:\n  - {family: vmalloc, mask: 1, names: [own_alloc]}\n")
        tree.write("own.c", "void *own_alloc(unsigned long size, gfp_t gfp);\n" + BAD.replace("__vmalloc", "own_alloc"))
        tree.write("own.c", "#include <linux/gfp.h>\n" + tree.read("own.c"))
        check = "-checks=-*,gfplint-vmalloc-restricted-flags"
        self.assertEqual(self.tidy(tree, check, "own.c"), "")
        option = f"-config={{CheckOptions: {{Models: '{tree.path('own.yaml')}'}}}}"
        self.assertIn("reaches own_alloc()", self.tidy(tree, check, option, "own.c"))

    def test_options_are_listed(self):
        shown = self.tidy(self.tree(), "-dump-config")
        for name in ("KernelVersion", "Models", "ScopeStyle"):
            self.assertIn(f"gfplint-scope-unpaired.{name}", shown)


class Fixes(TidyTest):
    def fixed(self, tree, names, run):
        """The files' texts when `run` was run until it changes nothing."""
        for _ in range(ROUNDS):
            before = {name: tree.read(name) for name in names}
            run()
            if before == {name: tree.read(name) for name in names}:
                return before
        return self.fail(f"{names}: still changing after {ROUNDS} rounds")

    def test_every_case_is_fixed_as_fix_does(self):
        changed, doubted = set(), set()
        for flag, words in (("", ["--fix"]), ("--unsafe", ["--fix", "--fix-notes"])):
            for (kind, args), cases in self.groups().items():
                with Tree(kind) as ours, Tree(kind) as theirs:
                    names = self.copies(ours, cases)
                    self.copies(theirs, cases)
                    before = {name: ours.read(name) for name in names}
                    by_tidy = self.fixed(
                        theirs, names, functools.partial(self.tidy, theirs, *self.options_of(args), *words, *names)
                    )
                    for name in names:
                        options = [w for w in (flag, *args.split()) if w]
                        done = self.run_in(ours, "fix", *options, "--", *CFLAGS, name, status=0)
                        if "fix left out: the fixes would bring a new finding" in done.stderr:
                            # clang-tidy does not look at what it is about to write.
                            doubted.add(name)
                            continue
                        self.assertEqual(by_tidy[name], ours.read(name), (words, name))
                        if by_tidy[name] != before[name]:
                            changed.add((flag, name))
        self.assertEqual(doubted, {f"blocking-mask-in-nowait-scope--{name}.c" for name in ("basic", "callees")})
        self.assertGreater(len(changed), 10)


if __name__ == "__main__":
    main()
