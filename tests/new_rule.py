#!/usr/bin/env python3
"""Starts a rule: rules/ID.cpp, its page rules/ID.md, what the page's examples leave out (tests/rules/ID/page.h), a
case tests/rules/ID/basic.c, and its registry line.

    tests/new_rule.py RULE-ID [--severity=note|warning|error] [--root=SOURCE]
"""
import argparse
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

SOURCE = """// TODO: what this rule asks of the program, in one sentence.
#include "Registry.h"
#include "Support.h"

namespace gfplint {{

void {function}(const Program &P, std::vector<Finding> &Out) {{
  for (FunctionId Id = 0; Id < P.size(); ++Id)
    for (const Block &B : P.function(Id).Blocks)
      for (const Event &E : B.Events) {{
        if (E.Kind != EventKind::Call || calleeName(E) != "{function}_todo")
          continue;
        Finding F;
        F.Rule = "{rule}";
        F.Level = Severity::{severity};
        F.At = E.Where.At;
        F.Function = P.function(Id).Name;
        F.Message = "TODO: what is wrong, and what happens because of it";
        F.Identity = calleeName(E);
        Out.push_back(std::move(F));
      }}
}}

}} // namespace gfplint
"""

PAGE = """# {rule}

## What it finds

TODO: in one sentence.

## Why it matters

TODO: what happens in a running kernel; the documentation or the commit that says so.

## Example

```c
/* TODO: whole functions; a comment at the end of a line says what is found there, as the next one does. */
void {function}_example(void)
{{
	{function}_todo();	/* {level}: TODO */
}}
```

## Use instead

```c
/* TODO: the same without a finding. */
void {function}_example(void)
{{
}}
```

## Fix

TODO: what `gfplint fix` does, and whether it is safe or unsafe. Or: None, and why.

## Kernel versions

TODO: since when, until when, and how the tree is asked.

## Severity and doubts

TODO: what lowers the severity, and how the message says so.

## Known limits

TODO: what it misses, and what it reports wrongly.
"""

PAGE_HEADER = """/* What the examples of the rule's page leave out. */
#include <linux/slab.h>

void {function}_todo(void);
"""

CASE = """/* TODO: bad functions beside good ones, as kernel code reads. */
#include <linux/slab.h>

void {function}_todo(void);

void bad_example(void)
{{
	/* expect: {rule} {level}: TODO: what is wrong */
	{function}_todo();
}}

void *good_example(void)
{{
	return kmalloc(64, GFP_KERNEL);
}}
"""


def camel_case(rule):
    first, *rest = rule.split("-")
    return first + "".join(word.capitalize() for word in rest)


def insert_sorted(text, line, first, pattern):
    """Puts a line among those that match `pattern`, from the one that matches `first` on, by their order."""
    lines = text.split("\n")
    at = next(i for i, l in enumerate(lines) if re.search(first, l)) + 1
    end = at
    for i in range(at, len(lines)):
        if lines[i].startswith(("};", "} //")):
            break
        if re.search(pattern, lines[i]):
            if lines[i].strip() > line.strip():
                end = i
                break
            # An entry may go on over several lines.
            end = i + 1
            while end < len(lines) and lines[end].startswith("     "):
                end += 1
    lines.insert(end, line)
    return "\n".join(lines)


def scaffold(root, rule, level):
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule):
        sys.exit(f"'{rule}' is no rule id: words of small letters with '-' between them, at least two")
    function = camel_case(rule)
    words = {"rule": rule, "function": function, "level": level, "severity": level.capitalize()}
    files = {
        f"rules/{rule}.cpp": SOURCE,
        f"rules/{rule}.md": PAGE,
        f"tests/rules/{rule}/page.h": PAGE_HEADER,
        f"tests/rules/{rule}/basic.c": CASE,
    }
    for name in files:
        if os.path.exists(os.path.join(root, name)):
            sys.exit(f"{name} is there already")
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text.format(**words))

    edits = {
        "rules/Registry.cpp": (
            f'    {{"{rule}", Severity::{words["severity"]}, "TODO: one line for `gfplint rules`", {function}}},',
            r"^constexpr Rule Rules\[\]",
            r'^    \{"',
        ),
        "rules/Registry.h": (
            f"void {function}(const Program &P, std::vector<Finding> &Out);",
            r"One function a rule",
            r"^void \w+\(const Program &P",
        ),
    }
    for name, (line, first, pattern) in edits.items():
        path = os.path.join(root, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if name.endswith(".h"):
            # Declarations are in the order of their writing.
            lines = text.split("\n")
            last = max(i for i, l in enumerate(lines) if re.search(pattern, l))
            lines.insert(last + 1, line)
            text = "\n".join(lines)
        else:
            text = insert_sorted(text, line, first, pattern)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
    return [*files, *edits]


def main():
    parser = argparse.ArgumentParser(description="Starts a rule.")
    parser.add_argument("rule")
    parser.add_argument("--severity", choices=("note", "warning", "error"), default="warning")
    parser.add_argument("--root", default=os.path.dirname(HERE), help="source folder (default: this one)")
    options = parser.parse_args()
    for name in scaffold(options.root, options.rule, options.severity):
        print(f"wrote {name}")
    print("fill in the TODOs, then configure and build again")


if __name__ == "__main__":
    main()
