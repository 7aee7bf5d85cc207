#!/usr/bin/env python3
"""The store: what is parsed again after which change, and that nothing of it shows in the result."""
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from harness import CliTest, main
from stores import INCLUDE, Sample, parsed


class Store(CliTest):
    def setUp(self):
        self.sample = Sample(self)
        with open(self.sample.db, encoding="utf-8") as file:
            entries = json.load(file)
        # Two of them are one file, compiled in two ways.
        self.units = [e for e in entries
                      if e["file"].endswith(".c") and os.path.exists(e["file"]) and "/scripts/" not in e["file"]]
        self.cold = self.check()
        self.assertEqual(parsed(self.cold)[0], len(self.units))

    def run_in_base(self, *words, command="check"):
        # What changed in the moment before a run is not kept: a clock's tick could hide another change.
        time.sleep(0.1)
        return subprocess.run([self.program, command, "--format=json", "--stats", "--progress=never", "-p",
                               self.sample.db, *words], cwd=self.sample.base, capture_output=True, text=True,
                              timeout=120, check=False)

    def check(self, *words, command="check"):
        done = self.run_in_base(*words, command=command)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done

    def assert_parsed(self, count, *words, same=True):
        done = self.check(*words)
        self.assertEqual(parsed(done)[0], count, done.stderr)
        if same:
            self.assertEqual(done.stdout, self.cold.stdout)
        return done

    def units_that_read(self, header):
        """How many units include the header, straight or through others: by the text of the #includes."""
        folders = [self.sample.path("include"), self.sample.path("fs/demofs")]

        def find(name):
            return next((os.path.join(f, name) for f in folders if os.path.exists(os.path.join(f, name))), None)

        def closure(path, seen):
            if path is None or path in seen:
                return seen
            seen.add(path)
            with open(path, encoding="utf-8") as file:
                for name in INCLUDE.findall(file.read()):
                    closure(find(name), seen)
            return seen

        always = [find("linux/" + name) for name in ("compiler-version.h", "kconfig.h", "compiler_types.h")]
        reads = 0
        for unit in self.units:
            seen = set()
            for path in [*always, unit["file"]]:
                closure(path, seen)
            reads += self.sample.path(header) in seen
        return reads

    def append(self, name, text="\n/* changed */\n"):
        self.sample.write(name, self.sample.read(name) + text)

    def test_nothing_changed(self):
        self.assert_parsed(0)
        self.assert_parsed(0, "-j1")

    def test_touched_moved_and_rewritten_files(self):
        for name in ("fs/demofs/inode.c", "include/linux/slab.h"):
            path = self.sample.path(name)
            os.utime(path)
            self.assert_parsed(0)
            os.rename(path, path + ".away")
            os.rename(path + ".away", path)
            self.assert_parsed(0)
            text = self.sample.read(name)
            os.remove(path)
            self.sample.write(name, text)
            self.assert_parsed(0)

    def test_one_file_changed(self):
        self.append("fs/demofs/inode.c")
        self.assert_parsed(1)
        self.assert_parsed(0)
        self.append("drivers/demo/ring.c")
        self.assert_parsed(sum(u["file"].endswith("ring.c") for u in self.units))

    def test_one_header_changed(self):
        counts = set()
        for header in ("fs/demofs/demofs.h", "include/linux/sched/mm.h", "include/linux/spinlock.h",
                       "include/linux/vmalloc.h", "include/linux/types.h"):
            expected = self.units_that_read(header)
            counts.add(expected)
            self.assertGreater(expected, 0, header)
            self.append(header)
            # types.h is what the flags' values are read from as well; the units are what is counted.
            self.assert_parsed(expected)
        self.assertGreater(len(counts), 1)

    def test_a_change_shows_and_going_back_is_free(self):
        before = self.sample.read("fs/demofs/inode.c")
        self.append("fs/demofs/inode.c", "\n#include <linux/vmalloc.h>\nvoid *late(void)\n{\n"
                                         "\treturn __vmalloc(64, GFP_NOWAIT);\n}\n")
        changed = self.assert_parsed(1, same=False)
        self.assertIn("late", [f["function"] for f in json.loads(changed.stdout)["findings"]])
        after = self.sample.read("fs/demofs/inode.c")
        self.sample.write("fs/demofs/inode.c", before)
        self.assert_parsed(0)
        self.sample.write("fs/demofs/inode.c", after)
        self.assertEqual(self.assert_parsed(0, same=False).stdout, changed.stdout)

    def test_what_is_asked_parses_nothing(self):
        self.sample.write("mine.yaml", "allocators:\n  - family: vmalloc\n    mask: 1\n"
                                       "    source: fs/demofs/inode.c\n    names: [demo_own]\n")
        for words in (["--kernel-version=5.10"], ["--rules=scope-unpaired"], ["--fail-on=note"], ["--format=text"],
                      ["--model=" + self.sample.path("mine.yaml")], ["fs/demofs"], ["fs/demofs/inode.c"]):
            self.assert_parsed(0, *words, same=False)
        self.assertEqual(parsed(self.check(command="sites"))[0], 0)

    def test_other_flags(self):
        with open(self.sample.db, encoding="utf-8") as file:
            text = file.read()
        with open(self.sample.db, "w", encoding="utf-8") as file:
            file.write(text.replace("-D__KERNEL__", "-D__KERNEL__ -DOTHER_FLAG"))
        self.assert_parsed(len(self.units))
        with open(self.sample.db, "w", encoding="utf-8") as file:
            file.write(text)
        self.assert_parsed(0)

    def test_another_program_of_the_same_sources(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "gfplint")
            shutil.copy(self.program, copy)
            # Another file, made of the same sources as far as units go: a change of a rule looks like this.
            subprocess.run(["objcopy", "--add-section", ".other=/etc/hostname", copy], check=False,
                           capture_output=True)
            with open(copy, "rb") as one, open(self.program, "rb") as other:
                if hashlib.sha256(one.read()).digest() == hashlib.sha256(other.read()).digest():
                    self.skipTest("objcopy is not there to make another program file")
            done = subprocess.run([copy, "check", "--format=json", "--stats", "-p", self.sample.db],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((parsed(done)[0], done.stdout), (0, self.cold.stdout))

    def test_changed_sources_are_another_identity(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../checker/engine/SourceIdentity.cmake")
        with tempfile.TemporaryDirectory() as folder:
            source, names, out = (os.path.join(folder, n) for n in ("a.cpp", "names.txt", "out.cpp"))
            with open(names, "w", encoding="utf-8") as file:
                file.write(source + "\n")

            def identity(text, build="Release"):
                with open(source, "w", encoding="utf-8") as file:
                    file.write(text)
                subprocess.run(["cmake", "-DLIST=" + names, "-DBUILD=" + build, "-DOUTPUT=" + out, "-P", script],
                               check=True, capture_output=True)
                with open(out, encoding="utf-8") as file:
                    return file.read()

            first = identity("int a;\n")
            self.assertIn("SourceIdentity", first)
            self.assertEqual(first, identity("int a;\n"))
            self.assertNotEqual(first, identity("int b;\n"))
            self.assertNotEqual(first, identity("int a;\n", build="Debug"))

    def test_the_same_output_in_every_way(self):
        with open(self.sample.db, encoding="utf-8") as file:
            entries = json.load(file)
        dice = random.Random(5)
        for words in (["-j1"], ["-j2"], ["--no-cache"], ["--no-pch", "--no-cache"], ["--no-cache", "-j1"],
                      ["--cache-dir=" + os.path.join(self.sample.base, "other")]):
            self.assertEqual(self.check(*words).stdout, self.cold.stdout, words)
            dice.shuffle(entries)
            self.sample.write("compile_commands.json", json.dumps(entries))

    def test_writes_to_the_store_alone(self):
        beside = os.path.join(self.sample.root, ".gfplint")
        before = self.sample.files(skip=(beside,))
        self.append("mm/util.c")
        before[self.sample.path("mm/util.c")] += b"\n/* changed */\n"
        self.assert_parsed(1)
        self.assertEqual(self.sample.files(skip=(beside,)), before)
        other = os.path.join(self.sample.base, "cache")
        kept = self.sample.files()
        self.check("--cache-dir=" + other)
        self.assertTrue(os.listdir(other))
        self.assertEqual(self.sample.files(skip=(other,)), kept)

    def test_no_cache_writes_nothing(self):
        shutil.rmtree(os.path.join(self.sample.root, ".gfplint"))
        before = self.sample.files()
        with tempfile.TemporaryDirectory() as temporary:
            done = subprocess.run([self.program, "check", "--no-cache", "--format=json", "--stats", "-p",
                                   self.sample.db], capture_output=True, text=True, check=False,
                                  env=dict(os.environ, TMPDIR=temporary))
            self.assertEqual(os.listdir(temporary), [])
        self.assertEqual((parsed(done)[0], done.stdout), (len(self.units), self.cold.stdout))
        self.assertEqual(self.sample.files(), before)

    def test_a_path_first_then_everything(self):
        shutil.rmtree(os.path.join(self.sample.root, ".gfplint"))
        first = parsed(self.check("fs/demofs"))[0]
        self.assertEqual(first, sum("/fs/demofs/" in u["file"] for u in self.units))
        self.assert_parsed(len(self.units) - first)

    def set_aside(self, text):
        """A file that is no store is kept under another name, with a remark; the result is right."""
        folder = os.path.join(self.sample.root, ".gfplint")
        shutil.rmtree(folder)
        os.mkdir(folder)
        with open(os.path.join(folder, "store.sqlite"), "wb") as file:
            file.write(text)
        done = self.assert_parsed(len(self.units))
        self.assertIn("store.sqlite", done.stderr)
        kept = []
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                if file.read() == text:
                    kept.append(name)
        self.assertEqual(len(kept), 1, os.listdir(folder))
        self.assertNotEqual(kept[0], "store.sqlite")
        self.assert_parsed(0)

    def test_a_file_that_is_no_store(self):
        self.set_aside(b"no database at all, only words\n" * 200)

    def test_another_programs_database(self):
        path = os.path.join(self.sample.base, "foreign.sqlite")
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE mine(a)")
        db.commit()
        db.close()
        with open(path, "rb") as file:
            self.set_aside(file.read())

    def test_a_damaged_store(self):
        path = os.path.join(self.sample.root, ".gfplint/store.sqlite")
        with open(path, "rb") as file:
            good = file.read()
        dice = random.Random(11)
        for _ in range(6):
            bad = bytearray(good)
            start = dice.randrange(4096, len(bad) - 2048)
            bad[start : start + 2048] = dice.randbytes(2048)
            for name in os.listdir(os.path.dirname(path)):
                if name.startswith("store.sqlite"):
                    os.remove(os.path.join(os.path.dirname(path), name))
            with open(path, "wb") as file:
                file.write(bad)
            done = self.run_in_base()
            if done.returncode == 2:
                # A body that cannot be read is found out when a rule asks for it: the run says so, and
                # sets the store aside for the next one.
                self.assertIn("is damaged", done.stderr)
                self.assertIn("is not analysed", done.stderr)
            else:
                self.assertEqual(done.stdout, self.cold.stdout)
            self.assertEqual(self.check().stdout, self.cold.stdout)

    def test_a_store_that_cannot_be_written(self):
        folder = os.path.join(self.sample.root, ".gfplint")
        if os.geteuid() == 0:
            # Permissions do not stop root; a file where the folder should be does.
            shutil.rmtree(folder)
            with open(folder, "w", encoding="utf-8") as file:
                file.write("in the way\n")
        else:
            shutil.rmtree(folder)
            os.mkdir(folder, 0o500)
        done = self.assert_parsed(len(self.units))
        self.assertIn(".gfplint", done.stderr)

    def mounted(self, folder, options):
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", folder], check=False)

    def test_a_full_disk(self):
        folder = os.path.join(self.sample.base, "full")
        self.mounted(folder, "size=64k")
        done = self.assert_parsed(len(self.units), "--cache-dir=" + folder)
        self.assertRegex(done.stderr, "full|space")

    def test_a_read_only_disk(self):
        folder = os.path.join(self.sample.base, "fixed")
        self.mounted(folder, "size=64m")
        self.check("--cache-dir=" + folder)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        self.assert_parsed(0, "--cache-dir=" + folder)
        self.append("mm/util.c")
        done = self.assert_parsed(1, "--cache-dir=" + folder)
        self.assertRegex(done.stderr, "read-only|readonly|cannot be written|not written")


if __name__ == "__main__":
    main()
