#!/usr/bin/env python3
"""Takes random units out of a database, as a database.

usage: units.py DATABASE COUNT|FRACTION SEED RESULT [SOURCE FOLDER]

With SOURCE and FOLDER it also links the files of the chosen units below SOURCE into FOLDER, at the same
places.

The C units are sorted before the choice, so that it depends on the seed and on their names alone.
Prints a JSON object: `units`, how many C units there are, `chosen`, and `linked`. Run as a process of its own
because a whole kernel's database takes hundreds of megabytes (see runner.py).
"""
import json
import os
import random
import subprocess
import sys

# Folders that only a database of the whole tree has.
EVERYWHERE = ("mm", "fs", "block", "kernel", "lib", "net", "drivers", "sound", "arch/x86")


def choose(entries, how_many, seed):
    """`how_many`: a count, or a share below 1 as a fraction such as `1/8`."""
    units = sorted((e for e in entries if e["file"].endswith(".c")),
                   key=lambda e: (e["file"], json.dumps(e, sort_keys=True)))
    if "/" in how_many:
        above, below = how_many.split("/")
        count = len(units) * int(above) // int(below)
    else:
        count = int(how_many)
    if count > len(units):
        raise SystemExit("bench: %d units are asked for and the database has %d" % (count, len(units)))
    return len(units), random.Random(seed).sample(units, count)


def link(entries, source, folder):
    """A file of several units is linked once. Returns how many there are."""
    places = set()
    for entry in entries:
        file = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        place = os.path.relpath(file, source)
        if not place.startswith("..") and place not in places:
            places.add(place)
            os.makedirs(os.path.dirname(os.path.join(folder, place)), exist_ok=True)
            os.symlink(file, os.path.join(folder, place))
    return len(places)


def take(database, how_many, seed, result, *links):
    """Does it in a process of its own; returns what that says."""
    done = subprocess.run([sys.executable, "-B", os.path.abspath(__file__), database, str(how_many), str(seed),
                           result, *links], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def describe(database):
    """Which part of the kernel a database of `./dev kernel` holds."""
    made = os.path.join(os.path.dirname(database), "build", "folders-made")
    try:
        with open(made) as file:
            folders = file.read().split()
    except FileNotFoundError:
        return "a database that ./dev kernel did not make"
    if all(folder in folders for folder in EVERYWHERE):
        return "the whole tree"
    return "these folders: " + " ".join(sorted(folders))


def main():
    database, how_many, seed, result, *links = sys.argv[1:]
    with open(database) as file:
        entries = json.load(file)
    units, chosen = choose(entries, how_many, int(seed))
    with open(result, "w") as file:
        json.dump(chosen, file)
    linked = link(chosen, *links) if links else 0
    print(json.dumps({"units": units, "chosen": len(chosen), "linked": linked}))


if __name__ == "__main__":
    main()
