#!/usr/bin/env python3
"""What the program says of arguments and databases that are wrong, and its exit statuses."""
import json
import os
import unittest

from harness import BAD, BROKEN, CFLAGS, CLEAN, NOTE, CliTest, Tree, main


class Input(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)
        for name, text in (("clean.c", CLEAN), ("bad.c", BAD), ("note.c", NOTE), ("broken.c", BROKEN)):
            self.tree.write(name, text)

    def refused(self, *words, says):
        """Status 2, nothing on standard output, and one line that says what is wrong."""
        done = self.run_in(self.tree, *words, status=2)
        self.assertEqual(done.stdout, "")
        self.assertIn(says, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def db(self, *names):
        return self.tree.database(names)

    def test_exit_statuses(self):
        self.run_in(self.tree, "check", "-p", self.db("clean.c"), status=0)
        self.run_in(self.tree, "check", "-p", self.db("clean.c", "bad.c"), status=1)
        self.run_in(self.tree, "check", "-p", self.db("note.c"), status=0)
        self.run_in(self.tree, "check", "--fail-on=note", "-p", self.db("note.c"), status=1)
        self.run_in(self.tree, "check", "--fail-on=error", "-p", self.db("bad.c"), status=1)
        self.run_in(self.tree, "check", "-p", self.db("broken.c"), status=2)

    def test_check_may_be_left_out(self):
        with_word = self.run_in(self.tree, "check", "-p", self.db("bad.c"), status=1).stdout
        self.assertEqual(self.run_in(self.tree, "-p", self.db("bad.c"), status=1).stdout, with_word)

    def test_database_as_folder(self):
        self.db("bad.c")
        self.run_in(self.tree, "check", "-p", ".", status=1)

    def test_broken_unit_is_named_and_others_are_reported(self):
        done = self.run_in(self.tree, "check", "-p", self.db("broken.c", "bad.c"), status=2)
        self.assertIn("bad.c:4:", done.stdout)
        self.assertIn("broken.c", done.stderr)
        self.assertIn("broken.c:4:32: expected ';'", done.stderr)
        data = self.findings(self.tree, "-p", self.db("broken.c", "bad.c"))
        self.assertEqual([f["file"] for f in data["failures"]], ["broken.c"])
        self.assertEqual(data["stats"], {"entries": 2, "analysed": 1, "failed": 1})

    def test_one_line_a_failed_unit(self):
        done = self.run_in(self.tree, "check", "-p", self.db("broken.c", "bad.c"), status=2)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_missing_database(self):
        self.refused("check", "-p", "nowhere", says="nowhere")
        self.refused("check", says="-p")

    def test_empty_database(self):
        self.tree.write("compile_commands.json", "")
        self.refused("check", "-p", ".", says="compile_commands.json")
        self.tree.write("compile_commands.json", "[]")
        self.refused("check", "-p", ".", says="compile_commands.json")

    def test_truncated_database(self):
        with open(self.db("bad.c", "clean.c"), encoding="utf-8") as file:
            text = file.read()
        self.tree.write("compile_commands.json", text[: len(text) // 2])
        self.refused("check", "-p", ".", says="compile_commands.json")

    def test_wrong_types(self):
        entry = self.tree.entry("bad.c")
        for wrong in ({}, {"a": 1}, "text", [1], [[]], [dict(entry, file=3)], [dict(entry, arguments="x", command=None)]):
            with self.subTest(wrong=wrong):
                self.tree.write("compile_commands.json", json.dumps(wrong))
                self.refused("check", "-p", ".", says="compile_commands.json")

    def test_path_in_no_entry(self):
        self.refused("check", "-p", self.db("bad.c"), "clean.c", says="clean.c")
        self.refused("check", "-p", self.db("bad.c"), "nowhere/", says="nowhere")

    def test_paths_select(self):
        self.tree.write("fs/demo/deep.c", BAD.replace("bad_get", "deep_get"))
        db = self.db("bad.c", "fs/demo/deep.c")
        found = self.findings(self.tree, "-p", db, "fs/demo", "--rules=vmalloc-*")["findings"]
        self.assertEqual([f["file"] for f in found], ["fs/demo/deep.c"])
        for path in (self.tree.path("bad.c"), "bad.c", "./bad.c"):
            found = self.findings(self.tree, "-p", db, path, "--rules=vmalloc-*")["findings"]
            self.assertEqual([f["file"] for f in found], ["bad.c"])

    def test_unknown_rule(self):
        self.refused("check", "-p", self.db("bad.c"), "--rules=no-such-rule", says="no-such-rule")
        self.refused("check", "-p", self.db("bad.c"), "--rules=no-such-*", says="no-such-*")
        self.refused("explain", "no-such-rule", says="no-such-rule")

    def test_rules_select(self):
        def rules(chosen):
            found = self.findings(self.tree, "-p", self.db("bad.c"), f"--rules={chosen}")["findings"]
            return sorted(f["rule"] for f in found)

        self.assertEqual(rules("vmalloc-restricted-flags"), ["vmalloc-restricted-flags"])
        self.assertEqual(rules("restricted-*"), ["restricted-gfp-site"])
        self.assertEqual(rules("-restricted-gfp-site"), ["vmalloc-restricted-flags"])
        self.assertEqual(len(rules("vmalloc-restricted-flags,restricted-gfp-site")), 2)

    def test_unknown_option(self):
        self.refused("check", "--no-such-option", "-p", self.db("bad.c"), says="--no-such-option")

    def test_unknown_option_values(self):
        self.refused("check", "--format=yaml", "-p", self.db("bad.c"), says="yaml")
        self.refused("check", "--fail-on=never", "-p", self.db("bad.c"), says="never")
        self.refused("check", "-jmany", "-p", self.db("bad.c"), says="many")

    def test_bad_kernel_version(self):
        for text in ("six", "6", "6.x"):
            self.refused("check", "-p", self.db("bad.c"), f"--kernel-version={text}", says="--kernel-version")

    def test_empty_kernel_version(self):
        self.refused("check", "-p", self.db("bad.c"), "--kernel-version=", says="--kernel-version")

    def test_bad_model_names_its_place(self):
        self.tree.write("mine.yaml", "allocators:\n  - family: slab\n    masc: 1\n    names: [demo_alloc]\n")
        self.refused("check", "-p", self.db("bad.c"), "--model=mine.yaml", says="mine.yaml:3:5: ")
        self.refused("check", "-p", self.db("bad.c"), "--model=gone.yaml", says="gone.yaml")

    def test_model_adds_knowledge(self):
        self.tree.write("own.c", '#include <linux/gfp.h>\nvoid *own(int n, gfp_t g);\nvoid *f(void)\n{\n\treturn own(1, GFP_NOWAIT);\n}\n')
        self.tree.write("mine.yaml", "allocators:\n  - family: vmalloc\n    mask: 1\n    source: own.c\n    names: [own]\n")
        db = self.db("own.c")
        rules = "--rules=vmalloc-restricted-flags"
        self.run_in(self.tree, "check", rules, "-p", db, status=0)
        done = self.run_in(self.tree, "check", rules, "--model=mine.yaml", "-p", db, status=1)
        self.assertIn("own.c:5:", done.stdout)

    def test_one_file_without_database(self):
        done = self.run_in(self.tree, "check", "--", *CFLAGS, "bad.c", status=1)
        self.assertIn("bad.c:4:25: error: ", done.stdout)
        self.run_in(self.tree, "check", "--", *CFLAGS, "clean.c", status=0)
        self.refused("check", "--", *CFLAGS, says="FILE.c")
        self.refused("check", "--", *CFLAGS, "gone.c", says="gone.c")
        self.refused("check", "-p", self.db("bad.c"), "--", "bad.c", says="exclude")

    def test_missing_source_file(self):
        db = self.db("bad.c", "clean.c")
        os.remove(self.tree.path("clean.c"))
        done = self.run_in(self.tree, "check", "-p", db, status=1)
        self.assertIn("bad.c:4:", done.stdout)

    def test_help_and_version(self):
        self.assertIn("check", self.run_in(self.tree, "--help", status=0).stdout)
        self.assertRegex(self.run_in(self.tree, "--version", status=0).stdout, r"^gfplint \d+\.\d+\.\d+\n$")

    def test_rules_say_whether_they_can_work(self):
        """Each rule's line, and below it whether it works on the tree."""
        def below(tree, rule):
            lines = self.run_in(tree, "rules", "-p", tree.database(["clean.c"]), status=0).stdout.splitlines()
            return lines[[i for i, line in enumerate(lines) if line.startswith(rule + " ")][0] + 1].strip()

        for kind, rule, answer in (
            ("6.12", "blocking-mask-in-nowait-scope", "finds nothing on this tree: no function of this tree opens a nowait"),
            ("nowait", "blocking-mask-in-nowait-scope", "works on this tree"),
            ("6.12", "vmalloc-restricted-flags", "works on this tree"),
            ("6.1", "scope-unpaired", "works on this tree"),
        ):
            with Tree(kind) as tree:
                tree.write("clean.c", CLEAN)
                self.assertIn(answer, below(tree, rule), (kind, rule))
        with Tree() as tree:
            tree.write("clean.c", CLEAN)
            text = tree.read("include/linux/gfp.h").replace("__GFP_DIRECT_RECLAIM", "__GFP_WAIT")
            tree.write("include/linux/gfp.h", text)
            for command in ("rules", "check"):
                done = self.run_in(tree, command, "-p", tree.database(["clean.c"]), status=2)
                self.assertIn("defines no __GFP_DIRECT_RECLAIM", done.stderr)

    def test_query_callers(self):
        with Tree() as tree:
            tree.write("a.c", """#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
struct demo { struct mutex lock; void *p; };
static void *get(gfp_t gfp)
{
	return kmalloc(64, gfp);
}
static void locked(struct demo *d, gfp_t gfp)
{
	mutex_lock(&d->lock);
	d->p = get(gfp);
	mutex_unlock(&d->lock);
}
void scoped(struct demo *d)
{
	unsigned int flags = memalloc_nofs_save();

	d->p = get(GFP_KERNEL);
	locked(d, GFP_NOIO | __GFP_ZERO);
	memalloc_nofs_restore(flags);
}
""")
            db = tree.database(["a.c"])
            plain = self.run_in(tree, "query", "callers", "get", "-p", db, status=0).stdout
            self.assertEqual(plain, "get() at a.c:5, all callers known\n"
                             "  a.c:12:9: locked() with its 'gfp', in a nofs scope of all its callers, under d->lock (mutex)\n"
                             "  a.c:19:9: scoped() with GFP_KERNEL, in a nofs scope\n")
            deep = self.run_in(tree, "query", "callers", "get", "--context", "-p", db, status=0).stdout
            self.assertIn("\n    a.c:20:2: scoped() with GFP_NOIO | __GFP_ZERO, in a nofs scope\n", deep)
            self.assertIn("\n  always runs in a nofs scope:\n    a.c:17:23: scoped(): a nofs scope is opened here\n"
                          "    a.c:19:9: scoped(): calls get()\n", deep)
            self.assertIn("\n  no way on which sleeping is forbidden was found over 8 calls\n", deep)
            tree.write("loop.c", """#include <linux/sched/mm.h>
#include <linux/slab.h>
static void even(int n);
static void odd(int n)
{
	if (n)
		even(n - 1);
}
static void even(int n)
{
	if (n)
		odd(n - 1);
}
static void plain(int n)
{
	even(n);
}
void scoped(int n)
{
	unsigned int flags = memalloc_noio_save();

	odd(n);
	plain(n);
	memalloc_noio_restore(flags);
}
""")
            loop = tree.database(["loop.c"])
            for name in ("odd", "even"):
                self.assertIn("\n  always runs in a noio scope:\n",
                              self.run_in(tree, "query", "callers", name, "--context", "-p", loop, status=0).stdout)
            tree.write("loop.c", tree.read("loop.c") + "void bare(void) { plain(3); }\n")
            for name in ("odd", "even", "plain"):
                self.assertIn("\n  may run in a noio scope:\n",
                              self.run_in(tree, "query", "callers", name, "--context", "-p", loop, status=0).stdout)
            tree.write("b.c", """
#include <linux/interrupt.h>
#include <linux/spinlock.h>
void inner(void)
{
}
void outer(spinlock_t *l)
{
	spin_lock(l);
	inner();
	spin_unlock(l);
}
static int handler(int irq, void *data)
{
	outer(data);
	return IRQ_HANDLED;
}
int probe(void)
{
	return request_irq(1, handler, 0, "demo", (void *)0);
}
""")
            atomic = tree.database(["b.c"])
            self.assertIn("\n  may run where sleeping is forbidden:\n    b.c:9:2: outer(): spin_lock(l)\n"
                          "    b.c:10:2: outer(): calls inner()\n",
                          self.run_in(tree, "query", "callers", "inner", "--context", "-p", atomic, status=0).stdout)
            self.assertIn("b.c:20:9: handler(): is an interrupt handler (is handed to request_irq())\n    b.c:15:2: handler(): calls outer()\n",
                          self.run_in(tree, "query", "callers", "outer", "--context", "-p", atomic, status=0).stdout)
            db = tree.database(["a.c"])
            self.assertIn("no function named 'gone'", self.run_in(tree, "query", "callers", "gone", "-p", db, status=2).stderr)
            self.assertIn("query what?", self.run_in(tree, "query", "callees", "get", "-p", db, status=2).stderr)

    def test_many_files_without_an_allocator(self):
        with Tree() as tree:
            names = ["f%d.c" % i for i in range(100)]
            for name in names:
                tree.write(name, "int x_%s;\n" % name[:-2])
            done = self.run_in(tree, "check", "-p", tree.database(names), status=0)
            self.assertIn("in 100 files there is no call of an allocator that is known here", done.stderr)
            self.assertIn("in 100 files there is no call of a spinlock's function that is known here", done.stderr)
            only = self.run_in(tree, "check", "-p", tree.database(names), "--rules=scope-unpaired", status=0)
            self.assertNotIn("spinlock", only.stderr)
            tree.write(names[0], CLEAN)
            tree.write(names[1], "#include <linux/spinlock.h>\nvoid f(spinlock_t *l) { spin_lock(l); spin_unlock(l); }\n")
            done = self.run_in(tree, "check", "-p", tree.database(names), status=0)
            self.assertNotIn("no call of", done.stderr)

    def test_every_rule_has_a_page(self):
        lines = self.run_in(self.tree, "rules", status=0).stdout.splitlines()
        self.assertGreaterEqual(len(lines), 5)
        for line in lines:
            self.assertRegex(line, r"^[a-z-]+ +(note|warning|error) +\S")


if __name__ == "__main__":
    main()
