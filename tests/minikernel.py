"""The mini kernel trees that tests analyse: tests/rules/include-*, put together in a temporary folder."""
import json
import os
import shutil
import tempfile

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")

# Later layers replace files of earlier ones.
LAYERS = {
    "6.12": ["include-common", "include-6.12"],
    "6.1": ["include-common", "include-6.1"],
    "nowait": ["include-common", "include-6.12", "include-nowait"],
}

CFLAGS = ["-nostdinc", "-Iinclude", "-std=gnu11"]


class Tree:
    """A source root with a Makefile and include/; deleted at the end of `with`."""

    def __init__(self, kind="6.12"):
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="gfplint-tree-"))
        for layer in LAYERS[kind]:
            shutil.copytree(os.path.join(RULES, layer), self.root, dirs_exist_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as text:
            return text.read()

    def entry(self, name):
        """One compile command for a file of the tree."""
        return {
            "directory": self.root,
            "file": self.path(name),
            "arguments": ["clang", *CFLAGS, "-c", "-o", name[:-2] + ".o", name],
        }

    def database(self, names, where="compile_commands.json"):
        """Writes a compilation database for the files, in that order; returns its path."""
        self.write(where, json.dumps([self.entry(n) for n in names], indent=1))
        return self.path(where)

    def files(self):
        """Every file with its text and its modification time; without the store beside the database."""
        found = {}
        for folder, below, names in os.walk(self.root):
            if folder == self.root and ".gfplint" in below:
                below.remove(".gfplint")
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as text:
                    found[os.path.relpath(path, self.root)] = (text.read(), os.stat(path).st_mtime_ns)
        return found
