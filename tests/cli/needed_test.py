#!/usr/bin/env python3
"""Units that cannot matter are left out, and the findings are those of all units."""
import json
import re
import time
import unittest

from harness import CliTest, Tree, main

HEADER = """#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/sched/mm.h>
struct demo { gfp_t gfp; };
struct demo_ops { void *(*get)(unsigned long size, gfp_t gfp); };
void *low(unsigned long size, gfp_t gfp);
void *middle(unsigned long size, gfp_t gfp);
unsigned int demo_begin(void);
static inline unsigned int demo_lock(void) { return memalloc_nofs_save(); }
static inline void demo_unlock(unsigned int flags) { memalloc_nofs_restore(flags); }
#define demo_buy(size) __vmalloc(size, GFP_ATOMIC)
#define DEMO_CALL(what, size) what##ddle(size, GFP_ATOMIC)
"""
# None but the first few says in its own text why it matters.
MATTERS = {
    # A mask over three files.
    "low": "void *low(unsigned long size, gfp_t gfp) { return __vmalloc(size, gfp); }",
    "middle": "void *middle(unsigned long size, gfp_t gfp) { return low(size, gfp); }",
    "top": "void *top(void) { return middle(1 << 20, GFP_ATOMIC); }",
    "pasted": "void *pasted(void) { return DEMO_CALL(mi, 1 << 20); }",
    # An ops table.
    "table": """static void *table_get(unsigned long size, gfp_t gfp) { return __vmalloc(size, gfp); }
const struct demo_ops table = { .get = table_get };""",
    "through": "void *through(struct demo_ops *ops) { return ops->get(1 << 20, GFP_ATOMIC); }",
    # A field.
    "load": "void *load(struct demo *d) { return __vmalloc(1 << 20, d->gfp); }",
    "store": "void store(struct demo *d) { d->gfp = GFP_ATOMIC; }",
    # Scopes that functions of a header and of another file open.
    "locked": """void *locked(void)
{
	unsigned int flags = demo_lock();
	void *p = kmalloc(64, GFP_NOFS);
	demo_unlock(flags);
	return p;
}""",
    "begin": "unsigned int demo_begin(void) { return memalloc_noio_save(); }",
    "begun": """void *begun(void)
{
	unsigned int flags = demo_begin();
	void *p = kmalloc(64, GFP_NOIO);
	memalloc_noio_restore(flags);
	return p;
}""",
    # A macro that allocates.
    "buys": "void *buys(void) { return demo_buy(1 << 20); }",
}
RULES = ("--rules=restricted-gfp-site,vmalloc-restricted-flags,kvmalloc-no-fallback,scope-unpaired,"
         "redundant-mask-in-scope,scope-around-one-allocation")


class Needed(CliTest):
    def setUp(self):
        self.tree = Tree("6.12")
        self.addCleanup(self.tree.__exit__)
        self.tree.write("include/demo.h", HEADER)
        names = []
        for name, text in MATTERS.items():
            names.append(f"drivers/{name}.c")
            self.tree.write(names[-1], "#include <demo.h>\n" + text + "\n")
        for i in range(205):
            names.append(f"other/o{i}.c")
            self.tree.write(names[-1], f"#include <demo.h>\nvoid *o{i}(void) {{ return kmalloc(64, GFP_KERNEL); }}\n")
        self.db = self.tree.database(names)
        self.entries = len(names)

    def settle(self):
        """Units of files that changed just now are not kept; a coarse clock counts in steps of two seconds."""
        time.sleep(2.1)

    def check(self, *words):
        done = self.run_in(self.tree, "check", "--format=json", "--stats", "-p", self.db, *words, status=1)
        return json.loads(done.stdout), done.stderr

    def test_the_same_findings_from_a_few_units(self):
        some, said = self.check(RULES, "--no-cache")
        needed, of, rounds = map(int, re.search(r"(\d+) of (\d+) units needed, found in (\d+) rounds", said).groups())
        self.assertEqual(of, self.entries)
        self.assertEqual(needed, len(MATTERS), said)
        self.assertGreater(rounds, 1)
        self.assertIn(f" {needed} parsed in this run", said)
        self.assertEqual(some["stats"], {"entries": of, "analysed": needed, "skipped": of - needed, "failed": 0})
        every, said = self.check(RULES, "--no-cache", "--all-units")
        self.assertNotIn("units needed", said)
        self.assertEqual(every["stats"], {"entries": of, "analysed": of, "failed": 0})
        self.assertEqual(some["findings"], every["findings"])
        origins = {(f["file"], f["trace"][0]["function"]) for f in some["findings"] if f["trace"]}
        for file, origin in (("low", "top"), ("low", "pasted"), ("table", "through"), ("load", "store"), ("buys", "buys")):
            self.assertIn((f"drivers/{file}.c", origin), origins)
        implied = {f["function"] for f in some["findings"] if "already implies it" in f["message"]}
        self.assertEqual(implied, {"locked", "begun"})

    def test_a_store_is_shared_with_runs_over_everything(self):
        self.settle()
        some, _ = self.check(RULES)
        again, said = self.check(RULES)
        self.assertIn(" 0 parsed in this run", said)
        self.assertEqual(some, again)
        _, said = self.check(RULES, "--all-units")
        self.assertIn(f" {self.entries - len(MATTERS)} parsed in this run", said)
        stored, said = self.check(RULES)
        self.assertIn(" 0 parsed in this run", said)
        self.assertEqual(some, stored)

    def test_rules_that_need_everything_get_it(self):
        with Tree("nowait") as tree:
            tree.write("include/demo.h", HEADER)
            names = [f"o{i}.c" for i in range(205)]
            for i, name in enumerate(names):
                tree.write(f"drivers/{name}", f"void *o{i}(void) {{ return 0; }}\n")
            db = tree.database([f"drivers/{name}" for name in names])
            done = self.run_in(tree, "check", "--stats", "-p", db, status=0)
            self.assertIn(" 205 parsed in this run", done.stderr)
            self.assertNotIn("units needed", done.stderr)


if __name__ == "__main__":
    main()
