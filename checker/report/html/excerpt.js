// Source lines and diffs.

// The lines of a file around one, as far as the report has them: [[number, text]].
function linesAround(file, line, around) {
  for (const { first, lines } of file.excerpts ?? []) {
    if (line < first || line >= first + lines.length) continue;
    const from = Math.max(line - around, first);
    const to = Math.min(line + around, first + lines.length - 1);
    return lines.slice(from - first, to - first + 1).map((text, index) => [from + index, text]);
  }
  return [];
}

// Columns count bytes.
function atByte(text, byte) {
  if (/^[\x00-\x7f]*$/.test(text)) return byte;
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, byte)).length;
}

// A line of code; the word at the column is marked, where there is one.
function makeCode(text, column) {
  const code = make("code");
  const start = column ? atByte(text, column - 1) : text.length;
  const word = /^(\w+|.)/.exec(text.slice(start))?.[0] ?? "";
  code.append(text.slice(0, start));
  if (word.trim()) code.append(make("mark", {}, word));
  code.append(word.trim() ? text.slice(start + word.length) : text.slice(start));
  return code;
}

// The lines around a place, the place's own marked; undefined where the source could not be read.
function makeExcerpt(place, around) {
  const lines = linesAround(place.file, place.line, around);
  if (lines.length === 0) return undefined;
  const body = make("tbody");
  for (const [number, text] of lines) {
    const here = number === place.line;
    body.append(make("tr", { class: here ? "here" : "" },
      make("td", { class: "line-number" }, String(number), here ? make("span", { class: "unseen" }, " (here)") : undefined),
      make("td", {}, makeCode(text, here ? place.column : 0))));
  }
  return make("div", { class: "code", tabindex: "0", role: "group", "aria-label": `Source at ${place.file.name}:${place.line}` },
    make("table", {}, body));
}

const diffClasses = { "+": "added", "-": "removed", "@": "hunk", "\\": "hunk" };

function makeDiff(diff) {
  const pre = make("pre", { class: "code diff", tabindex: "0", role: "group", "aria-label": "Unified diff" });
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    const head = line.startsWith("--- ") || line.startsWith("+++ ");
    pre.append(make("code", { class: head ? "file" : (diffClasses[line[0]] ?? "") }, line + "\n"));
  }
  return pre;
}
