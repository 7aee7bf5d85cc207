"""Where results go: the terminal, a file of JSON lines, and docs/benchmarks.md."""
import collections
import json
import os

import table

# `name`: units, whole, core or scale. `title` says what was measured; `notes` go below the table; `values` is
# what --record keeps.
Result = collections.namedtuple("Result", "name title head rows notes values")


def show(result):
    print(result.title + "\n")
    print(table.text(result.head, result.rows))
    if result.notes:
        print("\n" + "\n".join(result.notes))


def record(result, about, path):
    with open(path, "a") as file:
        file.write(json.dumps({"bench": result.name, "about": about, "title": result.title,
                               "values": result.values, "notes": result.notes}) + "\n")


def markdown(result, about):
    parts = [result.title + ".", table.markdown(result.head, result.rows)]
    if result.notes:
        parts.append("\n".join("- " + note for note in result.notes))
    parts.append(table.markdown(["", ""], [[key, value] for key, value in about.items()]))
    return "\n\n".join(parts)


def replaced(page, name, body):
    """The page with `body` between the marker lines of that name."""
    begin, end = "<!-- bench %s: begin -->" % name, "<!-- bench %s: end -->" % name
    lines = page.splitlines()
    if lines.count(begin) != 1 or lines.count(end) != 1 or lines.index(begin) > lines.index(end):
        raise ValueError("it needs the line '%s' and below it the line '%s', each once" % (begin, end))
    return "\n".join(lines[:lines.index(begin) + 1] + ["", body, ""] + lines[lines.index(end):]) + "\n"


def write_docs(result, about, path):
    with open(path) as file:
        page = file.read()
    try:
        page = replaced(page, result.name, markdown(result, about))
    except ValueError as error:
        raise SystemExit("bench: %s: %s" % (path, error))
    with open(path + ".new", "w") as file:
        file.write(page)
    os.rename(path + ".new", path)
