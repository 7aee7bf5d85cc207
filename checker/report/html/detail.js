// One finding, in a dialog over the list.
const detail = byId("detail");
const fixWords = {
  safe: "Every allocation keeps the effective mask that it had, and all that could change was looked at.",
  unsafe: "An allocation may change, or what could not be looked at may see it: read it before you apply it with --unsafe.",
  display: "Shown for people to decide; gfplint does not apply it.",
};
let current;

function placeWords({ file, line, column, function: name }) {
  return [make("code", { class: "path" }, makePath(file.name), `:${line}` + (column ? `:${column}` : "")),
    name ? ` in ${name}()` : ""];
}

function makeSection(title, ...children) {
  return make("section", {}, make("h3", {}, title), ...children);
}

function makeTrace(finding) {
  if (finding.trace.length === 0) return undefined;
  const steps = finding.trace.map((step) => make("li", {},
    make("p", {}, step.message, make("br"), make("span", { class: "muted" }, ...placeWords(step))),
    makeExcerpt(step, 2)));
  return makeSection("How it comes about", make("ol", { class: "trace" }, ...steps));
}

function makeEffects(effects) {
  if (effects.length === 0) return undefined;
  const rows = effects.map((effect) => make("tr", {},
    make("td", {}, ...placeWords(effect)),
    make("td", {}, make("code", {}, effect.before)),
    make("td", {}, make("code", {}, effect.after))));
  const header = ["Allocation", "Mask before", "Mask after"].map((title) => make("th", { scope: "col" }, title));
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "What the fix changes" },
    make("table", { class: "effects" }, make("thead", {}, make("tr", {}, ...header)), make("tbody", {}, ...rows)));
}

function makeFix({ fix }) {
  if (!fix) return undefined;
  let diff;
  if (fix.diff) diff = makeDiff(fix.diff);
  else if (fix.diff === null)
    diff = make("p", {}, "The file is not as it was analysed, so there is no diff here; run gfplint again.");
  return makeSection("Fix",
    make("p", {}, make("span", { class: "badge fix-" + fix.applicability }, fix.applicability), " ", fix.title),
    make("p", { class: "muted" }, fixWords[fix.applicability]),
    makeEffects(fix.effects), diff);
}

function makeRulePage(rule) {
  const page = byId("page-" + rule);
  if (!page) return undefined;
  return make("details", { class: "page" }, make("summary", {}, "About " + rule), page.querySelector(".text").cloneNode(true));
}

function makeDetail(finding) {
  const facts = make("dl", { class: "facts" });
  for (const [name, value] of [["Rule", finding.rule], ["Mask", finding.mask], ["Subsystem", finding.subsystem]])
    if (value) facts.append(make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  const excerpt = makeExcerpt(finding, 6) ?? make("p", { class: "muted" }, "The source could not be read.");
  return [
    make("h2", { id: "detail-title", tabindex: "-1" },
      make("span", { class: "badge " + finding.severity }, finding.severity), " ", finding.message),
    make("p", {}, ...placeWords(finding)),
    facts, excerpt, makeTrace(finding), makeFix(finding), makeRulePage(finding.rule),
  ].filter((part) => part !== undefined);
}

// Shows a finding; the address says which.
function openDetail(finding) {
  current = finding;
  const index = shown.indexOf(finding);
  byId("detail-body").replaceChildren(...makeDetail(finding));
  byId("position").textContent = index < 0 ? "not in this selection"
    : `${(index + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  byId("permalink").textContent = finding.fingerprint;
  byId("permalink").href = "#" + finding.fingerprint;
  byId("previous").disabled = index <= 0;
  byId("next").disabled = index < 0 || index === shown.length - 1;
  if (!detail.open) detail.showModal();
  byId("detail-title").focus();
  detail.scrollTop = 0;
}

// The next finding of the list, or with -1 the one before.
function stepDetail(by) {
  const next = shown[shown.indexOf(current) + by];
  if (shown.includes(current) && next) {
    setAddress("#" + next.fingerprint);
    openDetail(next);
  }
}

// Back to the list, at the finding that was open.
function closedDetail() {
  if (!current) return;
  setAddress(viewLink());
  const index = shown.indexOf(current);
  current = undefined;
  if (index >= 0) focusRow(index);
  else byId("findings").focus();
}

// Closes it because the address leads elsewhere.
function leaveDetail() {
  current = undefined;
  detail.close();
}
