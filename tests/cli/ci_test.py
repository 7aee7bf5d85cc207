#!/usr/bin/env python3
"""The ready-made CI of docs/ci: the script on a small tree, and the shell parts of both YAML files."""
import json
import os
import re
import subprocess
import time
import unittest

from harness import BAD, CLEAN, NOTE, CliTest, Tree, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CI = os.path.join(ROOT, "docs", "ci")
SCRIPT = os.path.join(CI, "check-tree.sh")
# Where the package puts the script.
INSTALLED = "/usr/share/gfplint/ci/check-tree.sh"
# YAML is read by Debian's python3-yaml, which belongs to Debian's Python.
TO_JSON = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"


def read_yaml(name):
    with open(os.path.join(CI, name), "rb") as file:
        done = subprocess.run(["/usr/bin/python3", "-c", TO_JSON], stdin=file, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def github_steps():
    return read_yaml("github.yml")["jobs"]["gfplint"]["steps"]


def shell_parts():
    """Every shell text of the two files: [(where, text)]."""
    parts = [(f"github.yml: {step['name']}", step["run"]) for step in github_steps() if "run" in step]
    job = read_yaml("gitlab.yml")["gfplint"]
    for key in ("before_script", "script"):
        parts.append((f"gitlab.yml: {key}", "\n".join(job[key]) + "\n"))
    return parts


class Ci(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)
        for name, text in (("bad", BAD), ("clean", CLEAN), ("note", NOTE)):
            self.tree.write(f"drivers/{name}/{name}.c", text)
        self.db = self.tree.database([f"drivers/{name}/{name}.c" for name in ("bad", "clean", "note")])
        # What changed in the moment before a run is not kept: a clock's tick could hide another change.
        time.sleep(0.1)

    def script(self, *words, status, **environment):
        env = {**os.environ, "GFPLINT": self.program, "GFPLINT_DATABASE": self.db, **environment}
        done = subprocess.run([SCRIPT, *words], cwd=self.tree.root, env=env, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    # ---- the script

    def test_script_ends_as_check_does(self):
        places = ["--source=.", "--work=work"]
        self.script(*places, "drivers/clean", status=0)
        self.script(*places, "drivers/note", status=0)
        self.script(*places, "drivers/note", "--", "--fail-on=note", status=1)
        done = self.script(*places, "drivers/bad", "drivers/clean", status=1)
        self.assertIn("drivers/bad/bad.c:4:", done.stdout)
        self.script(*places, "drivers/gone", status=2)

    def test_script_keeps_the_store_in_the_work_folder(self):
        self.script("--source=.", "--work=work", "--", "--quiet", status=1)
        self.assertTrue(os.path.exists(self.tree.path("work/cache/store.sqlite")))
        self.assertFalse(os.path.exists(self.tree.path(".gfplint")))
        again = self.script("--source=.", "--work=work", "--", "--stats", status=1)
        self.assertIn(" 0 parsed in this run", again.stderr)

    def test_script_passes_options_on(self):
        done = self.script("--source=.", "--work=work", "drivers/bad", "--", "--output=json:a b.json", "--output=text:-", status=1)
        found = {f["rule"] for f in json.loads(self.tree.read("a b.json"))["findings"]}
        self.assertIn("vmalloc-restricted-flags", found)
        self.assertIn("[vmalloc-restricted-flags]", done.stdout)

    def test_script_says_what_is_wrong(self):
        cases = [
            ([], {}, "--source=DIR and --work=DIR are needed"),
            (["--source=.", "--work=work", "--wrok"], {}, "unknown option --wrok"),
            (["--source=gone", "--work=work"], {}, "there is no folder gone"),
            (["--source=.", "--work=work"], {"GFPLINT": "/no/gfplint"}, "/no/gfplint is missing"),
            (["--source=.", "--work=work"], {"GFPLINT_DATABASE": ""}, "is no Linux source"),
        ]
        for words, environment, says in cases:
            with self.subTest(words=words):
                self.assertIn(says, self.script(*words, status=2, **environment).stderr)
        self.assertIn("usage: check-tree.sh", self.script("--help", status=0).stdout)

    # ---- the YAML files

    def test_shell_is_well_formed(self):
        with open(SCRIPT, encoding="utf-8") as file:
            texts = [("check-tree.sh", file.read()), *shell_parts()]
        self.assertEqual(len(texts), 5)
        for where, text in texts:
            for words in (["bash", "-n"], ["shellcheck", "-s", "bash", "-"]):
                with self.subTest(where=where, tool=words[0]):
                    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
                    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_no_expression_in_shell(self):
        """A branch name in `${{ }}` would be run as shell; it has to come through the environment."""
        for where, text in shell_parts():
            self.assertNotIn("${{", text, where)

    def test_files_that_are_handed_on_are_those_that_are_written(self):
        github = read_yaml("github.yml")
        upload = next(s for s in github_steps() if "upload-sarif" in s.get("uses", ""))
        check = next(s for s in github_steps() if s.get("name") == "Check")
        self.assertIn(f"--output=sarif:{upload['with']['sarif_file']}", check["run"])
        self.assertEqual(github["permissions"]["security-events"], "write")
        cache = next(s for s in github_steps() if "actions/cache" in s.get("uses", ""))
        work = re.search(r"--work=(\S+)", check["run"]).group(1)
        self.assertEqual(cache["with"]["path"], f"{work}/cache")
        job = read_yaml("gitlab.yml")["gfplint"]
        script = "\n".join(job["script"])
        self.assertIn(f"--output=gitlab:{job['artifacts']['reports']['codequality']}", script)
        work = re.search(r"--work=(\S+)", script).group(1)
        self.assertEqual(job["cache"]["paths"], [f"{work}/cache"])

    def test_packages_are_those_that_a_database_needs(self):
        with open(os.path.join(ROOT, "compile_db_samples", "linux", "make-database"), encoding="utf-8") as file:
            maker = file.read()
        tables = re.findall(r"^done <<END\n(.*?)^END$|<<END\n(.*?)^END$", maker, re.M | re.S)
        wanted = {line.split()[1].replace("$llvm", "19") for pair in tables for line in "".join(pair).splitlines()}
        self.assertLessEqual({"clang-19", "libelf-dev", "flex"}, wanted)
        for where, text in shell_parts():
            if "apt-get install" in text:
                self.assertLessEqual(wanted, set(text.split()), where)

    # ---- the check steps as they stand

    def git(self, *words):
        env = {**os.environ, "HOME": self.tree.root, "GIT_CONFIG_NOSYSTEM": "1"}
        who = ["-c", "user.name=Tester", "-c", "user.email=t@example.org"]
        done = subprocess.run(["git", *who, *words], cwd=self.tree.root, env=env, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def commit_a_change(self):
        """Two commits, the second of which brings drivers/new/new.c; returns the first. Below them lies an origin."""
        self.tree.write(".gitignore", ".*\n")  # as the kernel has it
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "base")
        self.tree.write("drivers/new/new.c", BAD.replace("bad_get", "new_get"))
        self.tree.database([f"drivers/{name}/{name}.c" for name in ("bad", "clean", "new", "note")])
        self.git("add", ".")
        self.git("commit", "-q", "-m", "change")
        self.git("clone", "-q", "--bare", ".", ".origin")
        self.git("remote", "add", "origin", os.path.join(self.tree.root, ".origin"))
        return self.git("rev-parse", "HEAD^1")

    def step(self, text, **variables):
        self.assertEqual(text.count(INSTALLED), 1)
        env = {**os.environ, "GFPLINT": self.program, "GFPLINT_DATABASE": self.db, "HOME": self.tree.path(".home"), **variables}
        os.makedirs(env["HOME"], exist_ok=True)
        words = ["bash", "-e", "-o", "pipefail", "-c", text.replace(INSTALLED, SCRIPT)]
        return subprocess.run(words, cwd=self.tree.root, env=env, capture_output=True, text=True, timeout=120, check=False)

    def test_github_step(self):
        self.commit_a_change()
        text = next(s["run"] for s in github_steps() if s.get("name") == "Check")
        for base, files in (("", {"drivers/bad/bad.c", "drivers/new/new.c"}), ("HEAD^1", {"drivers/new/new.c"})):
            with self.subTest(base=base):
                done = self.step(text, FOLDERS="drivers/bad drivers/new", BASE=base)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(set(re.findall(r"^::error .*?file=([^,:]+)", done.stdout, re.M)), files)
                (run,) = json.loads(self.tree.read(".gfplint-work/gfplint.sarif"))["runs"]
                places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
                self.assertEqual(places, files)
        self.assertEqual(self.step(text, FOLDERS="drivers/clean", BASE="").returncode, 0)

    def test_gitlab_step(self):
        base = self.commit_a_change()
        text = "\n".join(read_yaml("gitlab.yml")["gfplint"]["script"])
        for sha, files in (("", {"drivers/bad/bad.c", "drivers/new/new.c"}), (base, {"drivers/new/new.c"})):
            with self.subTest(base=sha):
                done = self.step(text, GFPLINT_FOLDERS="drivers/bad drivers/new", CI_MERGE_REQUEST_DIFF_BASE_SHA=sha)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("drivers/new/new.c:4:", done.stdout)
                issues = json.loads(self.tree.read("gl-code-quality-report.json"))
                self.assertEqual({issue["location"]["path"] for issue in issues}, files)


if __name__ == "__main__":
    main()
