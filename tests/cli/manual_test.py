#!/usr/bin/env python3
"""What is made from the table of options: man page, completions in real shells, the list of the rules' pages."""
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from harness import CliTest, Tree, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Asks the completion function what it offers for a line with the cursor at its end.
ASK_BASH = """source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; _gfplint; printf '%s\\n' "${COMPREPLY[@]}" """


class Terminal:
    """A shell at a terminal of its own; text is typed, what the line became is read back."""

    def __init__(self, words, folder, start):
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            env = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": folder, "LC_ALL": "C.UTF-8", "PS1": "", "COLUMNS": "500"}
            os.execvpe(words[0], words, env)
        self.text = ""
        self.say(start + "; printf '%s\\n' rea''dy\r")
        self.read_until("ready")

    def say(self, text):
        os.write(self.end, text.encode())

    def read_until(self, pattern):
        """Reads until the pattern is there; returns its match and forgets all before."""
        until = time.monotonic() + 60
        while True:
            if found := re.search(pattern, self.text):
                self.text = self.text[found.end() :]
                return found
            ready, _, _ = select.select([self.end], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
            self.text += os.read(self.end, 65536).decode(errors="replace")

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.end)


class Manual(CliTest):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.__exit__)
        self.manual = os.path.join(os.path.dirname(os.path.dirname(self.program)), "manual")

    def made(self, name):
        return os.path.join(self.manual, name)

    def commands(self):
        text = self.run_in(self.tree, "--help", status=0).stdout
        found = re.findall(r"^  ([a-z-]+) +- ", text.split("SUBCOMMANDS:")[1].split("OPTIONS:")[0], re.M)
        self.assertIn("check", found)
        return found

    def options(self, command):
        """What `--help` says of a command: {option: its value's name, or the list of its values, or nothing}."""
        text = self.run_in(self.tree, command, "--help", status=0).stdout
        found, last = {}, None
        for line in text.split("OPTIONS:")[-1].splitlines():
            if option := re.match(r"  (--?[a-z-]+)(?:[= ]?<([^>]+)>)?(?:=<[^>]+>)? +- ", line):
                last = option.group(1)
                found[last] = option.group(2)
            elif value := re.match(r"    =([a-z]+)", line):
                if not isinstance(found[last], list):
                    found[last] = []
                found[last].append(value.group(1))
        for common in ("--help", "--help-list", "--version"):
            found.pop(common, None)
        return found

    def run_tool(self, *words, **more):
        return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **more)

    # ---- the man page

    def test_man_page_is_clean(self):
        for words in (["man", "--warnings", "-l"], ["groff", "-mandoc", "-ww", "-Tutf8"], ["mandoc", "-Tlint"]):
            with self.subTest(tool=words[0]):
                done = self.run_tool(*words, self.made("gfplint.1"), env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
                said = done.stderr if words[0] != "mandoc" else done.stdout + done.stderr
                # Where options are long, so are the lines of their generated source.
                said = [line for line in said.splitlines() if "STYLE: input text line longer than" not in line]
                self.assertEqual((done.returncode if words[0] != "mandoc" else 0, said), (0, []))

    def test_man_page_has_everything(self):
        text = self.run_tool("mandoc", "-Tutf8", "-Owidth=1000", self.made("gfplint.1")).stdout
        text = re.sub(r".\x08", "", text).replace("\u2010", "-")
        version = self.run_in(self.tree, "--version", status=0).stdout.split()[1]
        self.assertIn(f"gfplint {version}", text)
        for command in self.commands():
            self.assertRegex(text, rf"(?m)^ +gfplint {command}\b")
            for option, value in self.options(command).items():
                shown = f"{option}={'|'.join(value)}" if isinstance(value, list) else option
                self.assertRegex(text, rf"(?m)^ +{re.escape(shown)}", command)
                entry = re.search(rf"(?m)^ +{re.escape(option)}(?![a-z-]).*\n?(?:.+\n)*?.*\(([a-z, -]+)\)$", text)
                self.assertIn(command, entry.group(1).split(", "), option)
        for line in self.run_in(self.tree, "rules", status=0).stdout.splitlines():
            self.assertRegex(text, rf"(?m)^ +{line.split()[0]} \({line.split()[1]}\)")

    # ---- completion

    def bash(self, line, folder=None):
        done = self.run_tool("bash", "--norc", "-c", ASK_BASH, "-", self.made("gfplint.bash"), line, cwd=folder or self.tree.root)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {word for word in done.stdout.splitlines() if word}

    def test_scripts_are_well_formed(self):
        for words in (["bash", "-n", self.made("gfplint.bash")], ["zsh", "-n", self.made("_gfplint")],
                      ["shellcheck", "-s", "bash", self.made("gfplint.bash")]):
            done = self.run_tool(*words)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), words)

    def test_bash_offers_every_option_and_value(self):
        self.assertLessEqual(set(self.commands()), self.bash("gfplint "))
        for command in self.commands():
            wanted, options = {"--help", "--version"}, self.options(command)
            for option, value in options.items():
                wanted.add(option + ("=" if value and option.startswith("--") else ""))
                if isinstance(value, list):
                    self.assertEqual(self.bash(f"gfplint {command} {option}="), set(value))
                    self.assertEqual(self.bash(f"gfplint {command} {option} "), set(value))
            self.assertEqual(self.bash(f"gfplint {command} -"), wanted, command)
        # Without a command it is check.
        self.assertEqual(self.bash("gfplint -"), self.bash("gfplint check -"))

    def test_bash_offers_rules_forms_and_files(self):
        rules = {line.split()[0] for line in self.run_in(self.tree, "rules", status=0).stdout.splitlines()}
        forms = set(re.search(r"form of the result: (.+)", self.run_in(self.tree, "check", "--help").stdout).group(1).split(", "))
        self.tree.write("fs/demo/a b.c", "")
        self.tree.write("build/compile_commands.json", json.dumps([]))
        cases = [
            ("explain ", rules),
            ("explain scope-u", {"scope-unpaired"}),
            ("rules ", set()),
            ("query ", {"callers"}),
            ("check --rules=", rules),
            ("check --rules scope-u", {"scope-unpaired"}),
            ("check --rules=kvmalloc-no-fallback,scope-u", {"kvmalloc-no-fallback,scope-unpaired"}),
            ("check --rules=-scope-u", {"-scope-unpaired"}),
            ("check --format=", forms),
            ("check --output=", {form + ":" for form in forms}),
            ("check --output=json:fs/de", {"fs/demo"}),
            ("check --cache-dir=f", {"fs"}),
            ("check -p b", {"build"}),
            ("check -p build/", {"build/compile_commands.json"}),
            ("check fs/demo/a", {"fs/demo/a b.c"}),
            ("fs/demo/a", {"fs/demo/a b.c"}),
            ("check -j", {"-j"}),
            ("check -j2 fs", {"fs"}),
            ("check -- -Iinc", set()),
            ("check -- fs", {"fs"}),
            ("exp", {"explain"}),
        ]
        for line, offered in cases:
            with self.subTest(line=line):
                self.assertEqual(self.bash("gfplint " + line), offered)

    TYPED = [
        ("gfplint expl", "gfplint explain "),
        ("gfplint explain vmalloc-r", "gfplint explain vmalloc-restricted-flags "),
        ("gfplint check --rules=scope-unp", "gfplint check --rules=scope-unpaired"),
        ("gfplint check --rules=scope-unpaired,kvm", "gfplint check --rules=scope-unpaired,kvmalloc-no-fallback"),
        ("gfplint check --fail-on=err", "gfplint check --fail-on=error "),
        ("gfplint check --fail", "gfplint check --fail-on="),
        ("gfplint fix --dry", "gfplint fix --dry-run "),
        ("gfplint check --output=json:sub", "gfplint check --output=json:subfolder/"),
        ("gfplint check --cache-dir=sub", "gfplint check --cache-dir=subfolder/"),
        ("gfplint check -p sub", "gfplint check -p subfolder/"),
        ("gfplint check subfolder/fi", "gfplint check subfolder/file.c "),
    ]

    def typed_in(self, words, start):
        """Types each line and a tab at a real terminal; compares what the line has become."""
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "subfolder"))
            open(os.path.join(folder, "subfolder", "file.c"), "w", encoding="utf-8").close()
            shutil.copy(self.made("_gfplint"), folder)
            terminal = Terminal(words, folder, start)
            try:
                for line, becomes in self.TYPED:
                    with self.subTest(line=line):
                        # Ctrl-X p prints the line as it stands, see `start`.
                        terminal.say(line + "\t\x18p")
                        got = terminal.read_until(r"LINE<([^>]*)>").group(1)
                        terminal.say("\x15")
                        # A space is bash's, a comma that the next key takes back is zsh's.
                        self.assertEqual(got.rstrip(" ,"), becomes.rstrip())
            finally:
                terminal.close()

    def test_bash_at_a_terminal(self):
        start = (f"source {self.made('gfplint.bash')}; show() {{ printf 'LI''NE<%s>' \"$READLINE_LINE\"; }}; "
                 "bind -x '\"\\C-xp\": show'")
        self.typed_in(["bash", "--norc", "--noprofile", "-i"], start)

    def test_zsh_at_a_terminal(self):
        start = ("fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; "
                 "show() { printf 'LI''NE<%s>' \"$BUFFER\"; }; zle -N show; bindkey -e; bindkey '^Xp' show")
        self.typed_in(["zsh", "-f", "-i"], start)

    # ---- the list of pages

    def test_list_of_rules_is_up_to_date(self):
        with open(os.path.join(ROOT, "docs", "rules", "README.md"), encoding="utf-8") as file:
            kept = file.read()
        with open(self.made("docs-rules.md"), encoding="utf-8") as file:
            self.assertEqual(kept, file.read(), "run ./dev docs")
        for page in re.findall(r"\]\((\S+\.md)\)", kept):
            self.assertTrue(os.path.exists(os.path.join(ROOT, "docs", "rules", page)), page)

    def test_pages_are_what_explain_prints(self):
        for line in self.run_in(self.tree, "rules", status=0).stdout.splitlines():
            rule = line.split()[0]
            with open(self.made(f"rules/{rule}.md"), encoding="utf-8") as file:
                self.assertEqual(self.run_in(self.tree, "explain", rule, status=0).stdout, file.read())


if __name__ == "__main__":
    main()
