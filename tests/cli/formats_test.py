#!/usr/bin/env python3
"""The forms of a report: each is read back by a real parser and says what the JSON of the same run says."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree

from harness import BAD, BROKEN, CLEAN, FIXABLE, NOTE, CliTest, Tree, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SARIF_SCHEMA = os.path.join(ROOT, "build/npm/sarif-2.1.0-rtm.5.json")
FORMS = ("text", "json", "sarif", "github", "gitlab", "checkstyle", "rdjson", "kernel", "clang-tidy-yaml")

# Columns in bytes and in characters differ, and one line is no UTF-8.
GET = """void *NAME_get(unsigned long size)
{
	/* COMMENT */ return __vmalloc(size, GFP_NOWAIT);
}
"""
LETTERS = b"#include <linux/vmalloc.h>\n" + b"".join(
    GET.replace("NAME", name).replace("COMMENT", comment).encode(encoding)
    for name, comment, encoding in (("letters", "gr\u00f6\u00dfe \U0001f4be", "utf-8"), ("latin", "gr\u00f6\u00dfe", "latin-1"))
)
# A safe fix of three edits.
UNPAIRED = """#include <linux/sched/mm.h>
int flush(int err)
{
	unsigned int flags = memalloc_nofs_save();

	if (err)
		return err;
	memalloc_nofs_restore(flags);
	return 0;
}
"""
# An unsafe fix, which changes an allocation.
UNSAFE = """#include <linux/sched/mm.h>
#include <linux/slab.h>
void *unsafe_get(void)
{
	unsigned int flags = memalloc_nowait_save();
	void *ptr = kmalloc(64, GFP_KERNEL);

	memalloc_nowait_restore(flags);
	return ptr;
}
"""
ODD = "drivers/odd dir/50%,a:b[1] #'\"<&>\u00fc.c"


def rows(findings, severities):
    """What every form says of a finding."""
    return [(f["file"], f["line"], severities[f["severity"]], f["rule"], f["message"]) for f in findings]


class Formats(CliTest):
    def setUp(self):
        self.tree = Tree("nowait")
        self.addCleanup(self.tree.__exit__)
        self.outside = os.path.realpath(tempfile.mkdtemp(prefix="gfplint out%side-"))
        self.addCleanup(shutil.rmtree, self.outside)
        texts = {
            "drivers/demo/bad.c": BAD,
            "drivers/demo/note.c": NOTE,
            "drivers/demo/clean.c": CLEAN,
            "drivers/demo/fix.c": FIXABLE,
            "drivers/demo/unsafe.c": UNSAFE,
            "fs/unpaired.c": UNPAIRED,
            ODD: BAD.replace("bad_", "odd_"),
        }
        for name, text in texts.items():
            self.tree.write(name, text)
        with open(self.tree.path("fs/letters.c"), "wb") as out:
            out.write(LETTERS)
        self.names = [*texts, "fs/letters.c"]
        module = self.tree.entry("module.c")
        module["file"] = os.path.join(self.outside, "module.c")
        module["arguments"][-1] = module["file"]
        with open(module["file"], "w", encoding="utf-8") as out:
            out.write(BAD.replace("bad_", "module_"))
        self.entries = [*(self.tree.entry(n) for n in self.names), module]

    def database(self, entries):
        self.tree.write("compile_commands.json", json.dumps(entries))
        return self.tree.path("compile_commands.json")

    def report(self, form, broken=False):
        """The findings and failures of a run's JSON, and the same run in another form."""
        entries = self.entries
        if broken:
            self.tree.write("drivers/demo/broken, 1.c", BROKEN)
            entries = [*entries, self.tree.entry("drivers/demo/broken, 1.c")]
        done = self.run_in(
            self.tree, "check", "--format=json", f"--output={form}:out.{form}", "-p", self.database(entries),
            status=2 if broken else 1,
        )
        found = json.loads(done.stdout)
        self.assertEqual(len(found["failures"]), int(broken))
        self.assertEqual({f["severity"] for f in found["findings"]}, {"note", "warning", "error"})
        self.assertEqual(
            {f["fix"]["applicability"] for f in found["findings"] if "fix" in f}, {"safe", "unsafe", "display"}
        )
        # Only the kernel's form shows source lines as they are.
        return found, self.bytes_of(f"out.{form}").decode(errors="replace" if form == "kernel" else "strict")

    def bytes_of(self, name):
        with open(os.path.join(self.tree.root, name), "rb") as text:
            return text.read()

    def edited(self, finding):
        """The files that a finding's fix changes, as the JSON's edits have them."""
        texts = {}
        for edit in sorted(finding["fix"]["edits"], key=lambda e: e["offset"], reverse=True):
            old = texts.get(edit["file"]) or self.bytes_of(edit["file"])
            end = edit["offset"] + edit["length"]
            texts[edit["file"]] = old[: edit["offset"]] + edit["text"].encode() + old[end:]
        return texts

    def word(self, finding):
        """The word at a finding, and how many characters stand before it in its line."""
        line = self.bytes_of(finding["file"]).split(b"\n")[finding["line"] - 1]
        before = line[: finding["column"] - 1]
        word = re.match(rb"\w+|.", line[len(before) :]).group().decode()
        return word, len(before.decode("utf-8", "replace"))

    # ---- SARIF

    def test_sarif_is_valid(self):
        self.assertTrue(os.path.exists(SARIF_SCHEMA), f"{SARIF_SCHEMA} is missing: ./dev test brings it")
        for broken in (False, True):
            self.report("sarif", broken)
            # Debian's own Python has Debian's jsonschema.
            check = (
                "import json, sys, jsonschema; schema, data = (json.load(open(p)) for p in sys.argv[1:]);"
                "formats = jsonschema.FormatChecker(); assert 'uri-reference' in formats.checkers;"
                "cls = jsonschema.validators.validator_for(schema); cls.check_schema(schema);"
                "errors = list(cls(schema, format_checker=formats).iter_errors(data));"
                "[print(list(e.path), e.message[:200]) for e in errors]; sys.exit(bool(errors))"
            )
            done = subprocess.run(
                ["/usr/bin/python3", "-c", check, SARIF_SCHEMA, self.tree.path("out.sarif")],
                capture_output=True, text=True, check=False,
            )
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def sarif(self, broken=False):
        found, text = self.report("sarif", broken)
        data = json.loads(text)
        self.assertEqual(data["version"], "2.1.0")
        (run,) = data["runs"]
        return found, run

    def name_of(self, location, run):
        """The file that an artifactLocation means, as the JSON names it."""
        uri = location["uri"]
        self.assertRegex(uri, r"^[!-~]+$")
        if "uriBaseId" not in location:
            self.assertTrue(uri.startswith("file:///"), uri)
            return urllib.parse.unquote(uri[len("file://") :])
        base = run["originalUriBaseIds"][location["uriBaseId"]]["uri"]
        path = urllib.parse.unquote(urllib.parse.urlparse(urllib.parse.urljoin(base, uri)).path)
        self.assertTrue(path.startswith(self.tree.root + "/"), path)
        return path[len(self.tree.root) + 1 :]

    def test_sarif_says_what_json_says(self):
        found, run = self.sarif()
        rules = run["tool"]["driver"]["rules"]
        said = []
        for result, finding in zip(run["results"], found["findings"]):
            (location,) = result["locations"]
            place, region = location["physicalLocation"], location["physicalLocation"]["region"]
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            said.append((self.name_of(place["artifactLocation"], run), region["startLine"], result["level"],
                         result["ruleId"], result["message"]["text"]))
            self.assertEqual(result["partialFingerprints"], {"gfplint/v1": finding["fingerprint"]})
            self.assertEqual([f["name"] for f in location["logicalLocations"]], [finding["function"]])
            self.assertEqual(result.get("properties", {}).get("mask", ""), finding["mask"])
            word, before = self.word(finding)
            self.assertEqual(region["endLine"], region["startLine"])
            self.assertEqual((region["startColumn"], region["endColumn"]), (before + 1, before + 1 + len(word)))
            line = self.bytes_of(finding["file"]).decode("utf-8", "replace").split("\n")[finding["line"] - 1]
            self.assertEqual(place["contextRegion"]["snippet"]["text"], line)
        self.assertEqual(said, rows(found["findings"], {"note": "note", "warning": "warning", "error": "error"}))
        names = {f["file"] for f in found["findings"]}
        self.assertLessEqual({ODD, "fs/letters.c", os.path.join(self.outside, "module.c")}, names)
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        self.assertEqual(run["invocations"], [{"executionSuccessful": True}])

    def test_sarif_flows_are_the_traces(self):
        found, run = self.sarif()
        flows = 0
        for result, finding in zip(run["results"], found["findings"]):
            self.assertEqual("codeFlows" in result, bool(finding["trace"]))
            if "codeFlows" not in result:
                continue
            flows += 1
            ((steps,),) = [[t["locations"] for t in c["threadFlows"]] for c in result["codeFlows"]]
            told = [(s["location"]["physicalLocation"]["region"]["startLine"], s["location"]["message"]["text"])
                    for s in steps]
            self.assertEqual([s for s in told if s != (finding["line"], finding["message"])],
                             [(s["line"], s["message"]) for s in finding["trace"]])
            (main_step,) = [s["location"] for s in steps if s["importance"] == "essential"]
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(main_step["physicalLocation"]["region"], place["region"])
            self.assertEqual(main_step["physicalLocation"]["artifactLocation"], place["artifactLocation"])
        self.assertGreater(flows, 3)

    def test_sarif_fixes_do_what_the_edits_do(self):
        found, run = self.sarif()
        kinds = []
        for result, finding in zip(run["results"], found["findings"]):
            edits = finding.get("fix", {}).get("edits", [])
            self.assertEqual("fixes" in result, bool(edits))
            if not edits:
                continue
            (fix,) = result["fixes"]
            kinds.append(fix["properties"]["applicability"])
            self.assertEqual(fix["description"]["text"], f"{finding['fix']['title']} ({kinds[-1]})")
            after = {}
            for change in fix["artifactChanges"]:
                name = self.name_of(change["artifactLocation"], run)
                # One character a byte that is no UTF-8.
                lines = self.bytes_of(name).decode("utf-8", "surrogateescape").split("\n")
                starts = [sum(len(x) + 1 for x in lines[:i]) for i in range(len(lines))]
                text = "\n".join(lines)
                for one in reversed(change["replacements"]):
                    region = one["deletedRegion"]
                    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
                    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
                    text = text[:begin] + one["insertedContent"]["text"] + text[end:]
                after[name] = text.encode("utf-8", "surrogateescape")
            self.assertEqual(after, self.edited(finding))
            effects = [x["message"]["text"] for x in result.get("relatedLocations", [])]
            self.assertEqual(len(effects), len(finding["fix"]["effects"]))
        self.assertEqual(set(kinds), {"safe", "unsafe", "display"})

    def test_sarif_names_failed_units(self):
        found, run = self.sarif(broken=True)
        (invocation,) = run["invocations"]
        self.assertFalse(invocation["executionSuccessful"])
        (told,) = invocation["toolExecutionNotifications"]
        self.assertIn(found["failures"][0]["error"], told["message"]["text"])
        where = told["locations"][0]["physicalLocation"]["artifactLocation"]
        self.assertEqual(self.name_of(where, run), found["failures"][0]["file"])

    def test_sarif_rules_are_all_rules_with_their_pages(self):
        _, run = self.sarif()
        listed = self.run_in(self.tree, "rules", status=0).stdout.splitlines()
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual([r["id"] for r in rules], [line.split()[0] for line in listed])
        for rule in rules:
            self.assertEqual(rule["help"]["markdown"].splitlines()[0], f"# {rule['id']}")
            self.assertNotRegex(rule["help"]["markdown"], r"\]\([^)]*\.md")
            self.assertNotIn("```", rule["help"]["text"])
            self.assertIn(rule["defaultConfiguration"]["level"], ("note", "warning", "error"))
            for key, most in (("shortDescription", 1024), ("fullDescription", 1024)):
                self.assertTrue(0 < len(rule[key]["text"]) <= most)
            self.assertRegex(rule["fullDescription"]["text"], r"(?s)^[A-Z`].*[.|]$")

    # ---- the others

    def test_github(self):
        found, text = self.report("github", broken=True)
        commands = []
        for line in text.splitlines():
            name, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()
            values = dict(p.split("=", 1) for p in properties.split(","))
            for code, char in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
                values = {k: v.replace(code, char) for k, v in values.items()}
                message = message.replace(code, char) if char not in ":," else message
            commands.append((name, values, message))
        name, values, message = commands.pop()
        failure = found["failures"][0]
        self.assertEqual((name, values), ("error", {"file": failure["file"], "title": "not analysed"}))
        self.assertEqual(message, failure["error"])
        said = [(v["file"], int(v["line"]), n, v["title"], m.split("\n")[0]) for n, v, m in commands]
        self.assertEqual(said, rows(found["findings"], {"note": "notice", "warning": "warning", "error": "error"}))
        for (_, values, message), finding in zip(commands, found["findings"]):
            word, before = self.word(finding)
            self.assertEqual((int(values["col"]), int(values["endColumn"])), (before + 1, before + 1 + len(word)))
            self.assertEqual(values["endLine"], values["line"])
            for step in finding["trace"]:
                self.assertIn(f"\n{step['file']}:{step['line']}: ", message)

    def test_gitlab(self):
        found, text = self.report("gitlab")
        issues = json.loads(text)
        said = [(i["location"]["path"], i["location"]["lines"]["begin"], i["severity"], i["check_name"],
                 i["description"]) for i in issues]
        self.assertEqual(said, rows(found["findings"], {"note": "info", "warning": "minor", "error": "major"}))
        prints = [i["fingerprint"] for i in issues]
        self.assertEqual(prints, [f["fingerprint"] for f in found["findings"]])
        self.assertEqual(len(set(prints)), len(prints))

    def test_checkstyle(self):
        found, text = self.report("checkstyle", broken=True)
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual((root.tag, root.get("version")), ("checkstyle", "8.0"))
        said = [(file.get("name"), int(e.get("line")), e.get("severity"), e.get("source").split(".")[-1],
                 e.get("message")) for file in root for e in file.findall("error")]
        self.assertEqual(said, rows(found["findings"], {"note": "info", "warning": "warning", "error": "error"}))
        columns = [int(e.get("column")) for e in root.iter("error")]
        self.assertEqual(columns, [self.word(f)[1] + 1 for f in found["findings"]])
        (failed,) = [(f.get("name"), e.text) for f in root for e in f.findall("exception")]
        self.assertEqual(failed[0], found["failures"][0]["file"])
        self.assertIn(found["failures"][0]["error"], failed[1])

    def test_rdjson(self):
        found, text = self.report("rdjson")
        data = json.loads(text)
        self.assertEqual(data["source"], {"name": "gfplint"})
        said = [(d["location"]["path"], d["location"]["range"]["start"]["line"], d["severity"], d["code"]["value"],
                 d["message"]) for d in data["diagnostics"]]
        self.assertEqual(said, rows(found["findings"], {"note": "INFO", "warning": "WARNING", "error": "ERROR"}))
        suggested = 0
        for diagnostic, finding in zip(data["diagnostics"], found["findings"]):
            self.assertLessEqual(set(diagnostic), {"message", "location", "severity", "code", "suggestions",
                                                   "related_locations"})
            span = diagnostic["location"]["range"]
            self.assertEqual(span["start"]["column"], finding["column"])
            self.assertEqual(span["end"]["column"], finding["column"] + len(self.word(finding)[0].encode()))
            told = [(r["location"]["path"], r["location"]["range"]["start"]["line"])
                    for r in diagnostic.get("related_locations", [])]
            trace = [(s["file"], s["line"]) for s in finding["trace"]]
            self.assertEqual(told[: len(trace)], trace)
            self.assertEqual("suggestions" in diagnostic, bool(finding.get("fix", {}).get("edits")))
            for one in diagnostic.get("suggestions", []):
                suggested += 1
                lines = self.bytes_of(finding["file"]).splitlines(keepends=True)
                places = [sum(map(len, lines[: p["line"] - 1])) + p["column"] - 1
                          for p in (one["range"]["start"], one["range"]["end"])]
                old = b"".join(lines)
                new = old[: places[0]] + one["text"].encode() + old[places[1] :]
                self.assertEqual({finding["file"]: new}, self.edited(finding))
        self.assertGreaterEqual(suggested, 4)

    def test_kernel(self):
        found, text = self.report("kernel")
        *blocks, total = text.split("\n\n")
        said = []
        for block, finding in zip(blocks, found["findings"]):
            head, where, source, *notes = block.split("\n")
            level, message, rule = re.fullmatch(r"(\w+): (.*) \[([\w-]+)\]", head).groups()
            line, name, again = re.fullmatch(r"#(\d+): FILE: (.+):(\d+):", where).groups()
            self.assertEqual(line, again)
            said.append((name, int(line), level, rule, message))
            self.assertEqual(source[0], "+")
            for note, step in zip(notes, finding["trace"]):
                self.assertTrue(note.startswith(f"{step['file']}:{step['line']}: note: "), note)
            self.assertGreaterEqual(len(notes), len(finding["trace"]))
        self.assertEqual(said, rows(found["findings"], {"note": "CHECK", "warning": "WARNING", "error": "ERROR"}))
        count = {s: sum(f["severity"] == s for f in found["findings"]) for s in ("error", "warning", "note")}
        self.assertEqual(total, f"total: {count['error']} errors, {count['warning']} warnings, {count['note']} checks, "
                                f"{len(self.entries)} files checked\n")

    def test_kernel_shows_the_line_whatever_its_bytes(self):
        self.run_in(self.tree, "check", "--output=kernel:o", "-p", self.database(self.entries), status=1)
        with open(self.tree.path("o"), "rb") as out:
            shown = out.read()
        for line in LETTERS.split(b"\n"):
            if b"__vmalloc" in line:
                self.assertIn(b"\n+" + line + b"\n", shown)

    def yaml(self, path):
        """By Debian's own Python, which has Debian's yaml."""
        load = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout)"
        return json.loads(subprocess.run(["/usr/bin/python3", "-c", load, path], capture_output=True, check=True).stdout)

    def test_clang_tidy_yaml(self):
        found, _ = self.report("clang-tidy-yaml")
        data = self.yaml(self.tree.path("out.clang-tidy-yaml"))
        levels = {"note": "Remark", "warning": "Warning", "error": "Error"}
        replaced = 0
        self.assertEqual(len(data["Diagnostics"]), len(found["findings"]))
        for diagnostic, finding in zip(data["Diagnostics"], found["findings"]):
            self.assertEqual(diagnostic["DiagnosticName"], "gfplint-" + finding["rule"])
            self.assertEqual(diagnostic["Level"], levels[finding["severity"]])
            self.assertEqual(diagnostic["BuildDirectory"], self.tree.root)
            message = diagnostic["DiagnosticMessage"]
            self.assertEqual(message["Message"], finding["message"])
            self.assertEqual(message["FilePath"], os.path.join(self.tree.root, finding["file"]))
            lines = self.bytes_of(finding["file"]).splitlines(keepends=True)
            offset = sum(map(len, lines[: finding["line"] - 1])) + finding["column"] - 1
            self.assertEqual(message["FileOffset"], offset)
            notes = [(n["FilePath"], n["Message"]) for n in diagnostic.get("Notes", [])]
            for (path, note), step in zip(notes, finding["trace"]):
                self.assertEqual(path, os.path.join(self.tree.root, step["file"]))
                self.assertTrue(note.endswith(step["message"]), note)
            self.assertGreaterEqual(len(notes), len(finding["trace"]))
            # Whoever applies the file applies all of it.
            safe = finding.get("fix", {}).get("applicability") == "safe"
            self.assertEqual(bool(message["Replacements"]), safe)
            replaced += safe
        self.assertGreaterEqual(replaced, 2)

    def test_clang_apply_replacements_does_what_fix_does(self):
        db = self.database(self.entries)
        self.run_in(self.tree, "check", "--output=clang-tidy-yaml:fixes/all.yaml", "-p", db, status=2)
        os.mkdir(self.tree.path("fixes"))
        self.run_in(self.tree, "check", "--output=clang-tidy-yaml:fixes/all.yaml", "-p", db, status=1)
        before = {name: self.bytes_of(name) for name in self.names}
        subprocess.run(["clang-apply-replacements-19", "fixes"], cwd=self.tree.root, check=True, capture_output=True)
        applied = {name: self.bytes_of(name) for name in self.names}
        for name, text in before.items():
            with open(self.tree.path(name), "wb") as out:
                out.write(text)
        self.run_in(self.tree, "fix", "-p", db, status=0)
        self.assertEqual(applied, {name: self.bytes_of(name) for name in self.names})
        changed = {name for name in self.names if applied[name] != before[name]}
        self.assertEqual(changed, {"drivers/demo/fix.c", "fs/unpaired.c"})

    # ---- all of them

    def test_same_for_any_order_and_number_of_workers(self):
        written = set()
        for entries, jobs in ((self.entries, 1), (self.entries[::-1], 2)):
            words = [f"--output={form}:{i}" for i, form in enumerate(FORMS)]
            self.run_in(self.tree, "check", *words, f"-j{jobs}", "-p", self.database(entries), status=1)
            written.add(tuple(self.bytes_of(str(i)) for i in range(len(FORMS))))
        (all_forms,) = written
        self.assertEqual(len(set(all_forms)), len(FORMS))

    def test_nothing_found(self):
        db = self.database([self.tree.entry("drivers/demo/clean.c")])
        words = [f"--output={form}:{form}.out" for form in FORMS]
        done = self.run_in(self.tree, "check", *words, "-p", db, status=0)
        self.assertEqual(done.stdout, "")
        self.assertEqual(json.loads(self.tree.read("sarif.out"))["runs"][0]["results"], [])
        self.assertEqual(json.loads(self.tree.read("gitlab.out")), [])
        self.assertEqual(json.loads(self.tree.read("rdjson.out"))["diagnostics"], [])
        self.assertEqual(len(xml.etree.ElementTree.fromstring(self.tree.read("checkstyle.out"))), 0)
        self.assertEqual(self.yaml(self.tree.path("clang-tidy-yaml.out"))["Diagnostics"], [])
        self.assertEqual(self.tree.read("kernel.out"), "total: 0 errors, 0 warnings, 0 checks, 1 files checked\n")
        self.assertEqual(self.tree.read("github.out") + self.tree.read("text.out"), "")

    def test_several_at_once_are_what_each_is_alone(self):
        db = self.database(self.entries)
        alone = {form: self.run_bytes("check", f"--format={form}", "-p", db) for form in FORMS}
        words = [f"--output={form}:all.{form}" for form in FORMS if form != "sarif"]
        together = self.run_bytes("check", "--format=sarif", *words, "-p", db)
        self.assertEqual(together, alone["sarif"])
        for form in FORMS:
            if form != "sarif":
                self.assertEqual(self.bytes_of(f"all.{form}"), alone[form], form)

    def run_bytes(self, *words):
        done = subprocess.run([self.program, *words], cwd=self.tree.root, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stdout

    def test_wrong_outputs(self):
        db = self.database(self.entries)
        for words, told in (
            (["--format=xml"], "--format: there is no form 'xml'; there are text, json, sarif, "),
            (["--output=xml:a"], "--output: 'xml:a' is not FORM:FILE; forms are text, json, sarif, "),
            (["--output=sarif"], "--output: 'sarif' is not FORM:FILE"),
            (["--output=sarif:"], "--output: 'sarif:' is not FORM:FILE"),
            (["--output=sarif:a", "--output=json:a"], "two reports go to 'a'"),
            (["--output=sarif:-", "--format=json"], "two reports go to '-'"),
        ):
            done = self.run_in(self.tree, "check", *words, "-p", db, status=2)
            self.assertIn(told, done.stderr)
            self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))

    def test_one_unwritable_file_leaves_the_others(self):
        db = self.database(self.entries)
        done = self.run_in(
            self.tree, "check", "--output=sarif:no/such/x", "--output=json:good.json", "--output=github:-", "-p", db,
            status=2,
        )
        self.assertIn("--output no/such/x: No such file or directory", done.stderr)
        found = json.loads(self.tree.read("good.json"))["findings"]
        self.assertEqual(done.stdout.count("\n"), len(found))
        self.assertFalse(os.path.exists(self.tree.path("no")))


if __name__ == "__main__":
    main()
