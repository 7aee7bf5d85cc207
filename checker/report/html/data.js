// The report's data, as HtmlData.cpp writes it:
//
//   strings   [text]                       what rule, function, subsystem, message, mask, title, before and
//                                          after number
//   files     [{name, excerpts?}]          excerpts: [{first, lines}], by line number, none touch
//   findings  [{rule, severity, file, line, column, function, subsystem, message, mask, fingerprint,
//               trace? [{file, line, column, function, message}],
//               fix?   {applicability, title, diff?, effects? [{file, line, function, before, after}]}}]
//
// In `findings` below all numbers of texts and files are resolved. A fix without `diff` has no edits; with
// null the files are no longer as they were analysed.
const findings = readData();
const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));

function readData() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = (number) => data.strings[number];
  const place = (object) => ({
    ...object,
    file: data.files[object.file],
    function: text(object.function),
  });
  return data.findings.map((raw, order) => {
    const finding = {
      ...place(raw),
      order,
      rule: text(raw.rule),
      subsystem: text(raw.subsystem),
      message: text(raw.message),
      mask: text(raw.mask),
      trace: (raw.trace ?? []).map((step) => ({ ...place(step), message: text(step.message) })),
      fixKind: raw.fix?.applicability ?? "none",
    };
    if (raw.fix) {
      finding.fix = {
        ...raw.fix,
        title: text(raw.fix.title),
        effects: (raw.fix.effects ?? []).map((effect) => ({
          ...place(effect),
          before: text(effect.before),
          after: text(effect.after),
        })),
      };
    }
    finding.haystack = [finding.file.name + ":" + finding.line, finding.function, finding.message,
      finding.mask, finding.rule, finding.subsystem, finding.fingerprint].join("\n").toLowerCase();
    return finding;
  });
}

// An element with attributes and children; text is never read as HTML. Attributes that are undefined are
// left out, a class of "" too.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== "") element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

// A path that may break behind its slashes.
function makePath(name) {
  const path = document.createDocumentFragment();
  name.split("/").forEach((part, index) => {
    if (index > 0) path.append("/", make("wbr"));
    path.append(part);
  });
  return path;
}

function plural(count, word) {
  return count.toLocaleString("en") + " " + word + (count === 1 ? "" : "s");
}
