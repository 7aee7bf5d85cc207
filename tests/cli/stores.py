"""Samples of compile_db_samples, runs over them, and what a run says of itself: for tests of the store."""
import os
import re
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COUNTS = re.compile(r"(\d+) units, (\d+) parsed in this run, (\d+) of them on shared headers")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


class Sample:
    """A prepared sample: a folder of its own, deleted at the end."""

    def __init__(self, test, name="clang-tree"):
        # Beside one another, so that a store can lie outside the tree.
        self.base = os.path.realpath(tempfile.mkdtemp(prefix="gfplint-store-"))
        test.addCleanup(shutil.rmtree, self.base, True)
        self.root = os.path.join(self.base, "tree")
        subprocess.run([os.path.join(ROOT, "compile_db_samples/prepare"), name, self.root], check=True,
                       stdout=subprocess.DEVNULL)
        self.db = os.path.join(self.root, "compile_commands.json")

    def path(self, name):
        return os.path.join(self.root, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def files(self, skip=()):
        """Every file below the base with its bytes, but for the folders to skip."""
        found = {}
        for folder, below, names in os.walk(self.base):
            below[:] = [name for name in below if os.path.join(folder, name) not in skip]
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found[os.path.join(folder, name)] = file.read()
        return found


def parsed(done):
    """(units parsed, on shared headers) of a run with --stats."""
    counts = COUNTS.search(done.stderr)
    assert counts, done.stderr
    return int(counts[2]), int(counts[3])
