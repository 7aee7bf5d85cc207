#!/usr/bin/env python3
"""The result: JSON as the contract says, the same for any -j and order, to a file, as an inventory."""
import json
import random
import unittest

from harness import BAD, BROKEN, CLEAN, FIXABLE, NOTE, CliTest, Tree, main


class Output(CliTest):
    def setUp(self):
        self.tree = Tree("nowait")
        self.addCleanup(self.tree.__exit__)
        self.names = []
        for i in range(4):
            for name, text in (("bad", BAD), ("note", NOTE), ("clean", CLEAN), ("fix", FIXABLE)):
                self.names.append(f"drivers/demo{i}/{name}.c")
                self.tree.write(self.names[-1], text.replace("_get", f"_get{i}"))

    def test_json_keys(self):
        self.tree.write("broken.c", BROKEN)
        db = self.tree.database([*self.names, "broken.c"])
        data = json.loads(self.run_in(self.tree, "check", "--format=json", "-p", db, status=2).stdout)
        self.assertEqual(set(data), {"tool", "kernel", "stats", "failures", "findings"})
        self.assertEqual(data["tool"]["name"], "gfplint")
        self.assertEqual(set(data["tool"]), {"name", "version"})
        self.assertEqual(data["kernel"], {"version": "6.12"})
        self.assertEqual(set(data["stats"]), {"entries", "analysed", "failed"})
        self.assertEqual(set(data["failures"][0]), {"file", "error"})
        keys = {"rule", "severity", "file", "line", "column", "function", "message", "mask", "trace", "fingerprint"}
        fixed = 0
        for finding in data["findings"]:
            self.assertLessEqual(keys, set(finding))
            self.assertLessEqual(set(finding), keys | {"fix"})
            self.assertIn(finding["severity"], ("note", "warning", "error"))
            self.assertFalse(finding["file"].startswith("/"))
            for step in finding["trace"]:
                self.assertEqual(set(step), {"file", "line", "column", "function", "message"})
            if "fix" in finding:
                fixed += 1
                self.assert_fix(finding)
        # One in each "fix" to apply, one in each "bad" to look at.
        self.assertEqual(fixed, 8)
        prints = [f["fingerprint"] for f in data["findings"]]
        self.assertEqual(len(set(prints)), len(prints))

    def assert_fix(self, finding):
        fix = finding["fix"]
        self.assertEqual(set(fix), {"applicability", "title", "edits", "effects"})
        self.assertIn(fix["applicability"], ("safe", "unsafe", "display"))
        for edit in fix["edits"]:
            self.assertEqual(set(edit), {"file", "offset", "length", "text"})
            old = self.tree.read(edit["file"]).encode()[edit["offset"] : edit["offset"] + edit["length"]]
            wanted = b"__vmalloc" if fix["applicability"] == "display" else b"GFP_KERNEL | __GFP_NOWARN"
            self.assertEqual(old, wanted)
        for effect in fix["effects"]:
            self.assertEqual(set(effect), {"file", "line", "function", "before", "after"})

    def test_lines_and_columns(self):
        found = self.findings(self.tree, "-p", self.tree.database(self.names), "--rules=vmalloc-restricted-flags")
        finding = found["findings"][0]
        self.assertEqual((finding["line"], finding["column"]), (4, 25))
        self.assertEqual(finding["mask"], "GFP_NOWAIT")
        self.assertEqual(finding["function"], "bad_get0")

    def test_same_for_any_number_of_workers_and_any_order(self):
        dice = random.Random(3)
        for form in ("text", "json"):
            outputs = set()
            for jobs in (1, 2, 7):
                names = self.names[:]
                dice.shuffle(names)
                db = self.tree.database(names)
                done = self.run_in(self.tree, "check", f"--format={form}", f"-j{jobs}", "-p", db, status=1)
                outputs.add(done.stdout)
            self.assertEqual(len(outputs), 1)

    def test_failures_in_one_order_too(self):
        for i in range(3):
            self.tree.write(f"broken{i}.c", BROKEN)
        names = [*self.names, "broken0.c", "broken1.c", "broken2.c"]
        outputs = set()
        for order in (names, names[::-1]):
            done = self.run_in(self.tree, "check", "--format=json", "-j2", "-p", self.tree.database(order), status=2)
            told = [line for line in done.stderr.splitlines() if line.startswith("gfplint:")]
            self.assertEqual(len(told), 3)
            outputs.add((done.stdout, *told))
        self.assertEqual(len(outputs), 1)

    def test_an_entry_twice_is_reported_once(self):
        once = self.findings(self.tree, "-p", self.tree.database(self.names))["findings"]
        twice = self.findings(self.tree, "-p", self.tree.database(self.names * 2))["findings"]
        self.assertEqual(once, twice)

    def test_to_a_file(self):
        db = self.tree.database(self.names)
        plain = self.run_in(self.tree, "check", "-p", db, status=1).stdout
        done = self.run_in(self.tree, "check", "-o", "result.txt", "-p", db, status=1)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.tree.read("result.txt"), plain)
        self.run_in(self.tree, "check", "-o", "no/such/folder/x", "-p", db, status=2)

    def test_standard_output_is_the_result_alone(self):
        db = self.tree.database(self.names)
        plain = self.run_in(self.tree, "check", "--format=json", "-p", db, status=1).stdout
        loud = self.run_in(
            self.tree, "check", "--format=json", "--verbose", "--stats", "--progress=always", "-p", db, status=1
        )
        self.assertEqual(loud.stdout, plain)
        self.assertNotEqual(loud.stderr, "")

    def test_fingerprints_stay_when_lines_move(self):
        db = self.tree.database(self.names)
        before = [f["fingerprint"] for f in self.findings(self.tree, "-p", db)["findings"]]
        for name in self.names:
            text = self.tree.read(name)
            self.tree.write(name, text.replace("void *", "\nstatic int unrelated;\n\nvoid *", 1))
        after = [f["fingerprint"] for f in self.findings(self.tree, "-p", db)["findings"]]
        self.assertEqual(before, after)

    def test_nothing_is_written(self):
        db = self.tree.database(self.names)
        before = self.tree.files()
        self.run_in(self.tree, "check", "-p", db, status=1)
        self.run_in(self.tree, "sites", "-p", db, status=0)
        self.run_in(self.tree, "fix", "--dry-run", "-p", db, status=0)
        self.assertEqual(self.tree.files(), before)

    def test_sites(self):
        db = self.tree.database(self.names)
        data = json.loads(self.run_in(self.tree, "sites", "--format=json", "-p", db, status=0).stdout)
        self.assertEqual(set(data), {"sites", "counts"})
        self.assertEqual(len(data["sites"]), 8)
        for site in data["sites"]:
            self.assertEqual(set(site), {"file", "line", "column", "function", "mask", "callee", "use"})
            line = self.tree.read(site["file"]).splitlines()[site["line"] - 1]
            self.assertTrue(line[site["column"] - 1 :].startswith(site["mask"]))
        self.assertEqual(data["counts"]["mask"], {"GFP_NOFS": 4, "GFP_NOWAIT": 4})
        self.assertEqual(data["counts"]["subsystem"]["drivers/demo2"], 2)
        text = self.run_in(self.tree, "sites", "-p", db, status=0).stdout
        self.assertIn("8 sites", text)

    def test_all_uses(self):
        self.tree.write(
            "uses.c",
            "#include <linux/gfp.h>\nstruct s { gfp_t gfp; };\nstruct s table = { .gfp = GFP_NOIO };\n"
            "gfp_t get(void) { return GFP_NOFS; }\nint is(gfp_t g) { return g == GFP_NOWAIT; }\n",
        )
        db = self.tree.database(["uses.c"])
        plain = json.loads(self.run_in(self.tree, "sites", "--format=json", "-p", db, status=0).stdout)
        self.assertEqual(plain["sites"], [])
        every = json.loads(self.run_in(self.tree, "sites", "--all-uses", "--format=json", "-p", db, status=0).stdout)
        uses = {(s["line"], s["mask"], s["use"]) for s in every["sites"] if s["file"] == "uses.c"}
        self.assertEqual(uses, {(3, "GFP_NOIO", "initialiser"), (4, "GFP_NOFS", "returned"), (5, "GFP_NOWAIT", "compared")})


if __name__ == "__main__":
    main()
