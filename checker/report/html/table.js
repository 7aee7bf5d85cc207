// The list: what is shown of it, in which order, a page at a time.
//
// The state is in `view`; `viewLink()` writes it as the end of the page's address, `readViewLink()` reads
// that: `q`, `severity`, `rule`, `subsystem`, `fix`, and `sort`, a column with `-` before it for descending.
const rowsOnPage = 100;
const rowsOnPaper = 2000;
const severities = ["error", "warning", "note"];
const fixKinds = { safe: "safe", unsafe: "unsafe", display: "for people to decide", none: "none" };
const columns = [
  { key: "severity", title: "Severity", value: (finding) => severities.indexOf(finding.severity) },
  { key: "location", title: "Location", value: (finding) => finding.order },
  { key: "message", title: "Message", value: (finding) => finding.message },
  { key: "rule", title: "Rule", value: (finding) => finding.rule },
  { key: "subsystem", title: "Subsystem", value: (finding) => finding.subsystem },
  { key: "fix", title: "Fix", value: (finding) => Object.keys(fixKinds).indexOf(finding.fixKind) },
];
const filterKeys = ["severity", "rule", "subsystem", "fix"];
const filterValue = {
  severity: (finding) => finding.severity,
  rule: (finding) => finding.rule,
  subsystem: (finding) => finding.subsystem,
  fix: (finding) => finding.fixKind,
};

const initialView = { q: "", severity: "", rule: "", subsystem: "", fix: "", sort: "severity" };
const view = { ...initialView };
// All findings as `view.sort` wants them, so that typing does not sort.
let ordered = findings;
let orderedBy = "";
let shown = findings;
let page = 0;

const byId = (id) => document.getElementById(id);
const list = byId("list");
const body = list.tBodies[0];

function viewLink() {
  const link = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) if (value !== initialView[key]) link.set(key, value);
  return link.size > 0 ? "#" + link : "";
}

function setAddress(link) {
  // A browser refuses when it is asked very often, or in some frames; the page works without.
  try { history.replaceState(null, "", link || location.pathname + location.search); } catch { /* as it was */ }
}

function readViewLink(hash) {
  const link = new URLSearchParams(hash.slice(1));
  for (const key of Object.keys(view)) view[key] = link.get(key) ?? initialView[key];
  if (!columns.some(({ key }) => key === view.sort.replace(/^-/, ""))) view.sort = initialView.sort;
}

function putInOrder() {
  if (orderedBy === view.sort) return;
  const { value } = columns.find(({ key }) => key === view.sort.replace(/^-/, ""));
  const sign = view.sort.startsWith("-") ? -1 : 1;
  ordered = [...findings].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x < y ? -sign : x > y ? sign : a.order - b.order;
  });
  orderedBy = view.sort;
}

function chooseShown() {
  putInOrder();
  const words = view.q.toLowerCase().split(/\s+/).filter((word) => word);
  const wanted = filterKeys.filter((key) => view[key] !== "");
  shown = ordered.filter((finding) =>
    wanted.every((key) => filterValue[key](finding) === view[key]) &&
    words.every((word) => finding.haystack.includes(word)));
}

function makeRow(finding) {
  const location = make("a", { href: "#" + finding.fingerprint, class: "location", tabindex: "-1" },
    makePath(finding.file.name), ":" + finding.line);
  const cell = (name, ...children) => make("td", { role: "cell", class: name }, ...children);
  return make("tr", { role: "row" },
    cell("severity", make("span", { class: "badge " + finding.severity }, finding.severity)),
    cell("place", location,
      finding.function ? make("span", { class: "muted function" }, finding.function + "()") : undefined),
    cell("message", finding.message),
    cell("rule", finding.rule),
    cell("subsystem", finding.subsystem),
    cell("fix", finding.fix ? finding.fixKind : ""));
}

function showRows(from, to) {
  body.replaceChildren(...shown.slice(from, to).map(makeRow));
  // One stop for Tab; the arrow keys go on from it.
  body.querySelector("a")?.setAttribute("tabindex", "0");
}

function showPage(number) {
  const pages = Math.max(1, Math.ceil(shown.length / rowsOnPage));
  page = Math.min(Math.max(number, 0), pages - 1);
  showRows(page * rowsOnPage, (page + 1) * rowsOnPage);
  list.hidden = shown.length === 0;
  byId("pager").hidden = pages === 1;
  byId("page").textContent = `Page ${page + 1} of ${pages}`;
  byId("previous-page").disabled = page === 0;
  byId("next-page").disabled = page === pages - 1;
}

function showHeader() {
  const sorted = view.sort.replace(/^-/, "");
  const direction = view.sort.startsWith("-") ? "descending" : "ascending";
  for (const header of list.tHead.querySelectorAll("th")) {
    if (header.dataset.key === sorted) header.setAttribute("aria-sort", direction);
    else header.removeAttribute("aria-sort");
  }
}

// Shows what `view` says.
function showList() {
  chooseShown();
  showHeader();
  showPage(0);
  if (byId("search").value !== view.q) byId("search").value = view.q;
  for (const key of [...filterKeys, "sort"]) byId(key).value = view[key];
  byId("reset").disabled = viewLink() === "";
  showCount();
}

function showCount(more = "") {
  const all = plural(findings.length, "finding");
  byId("shown").textContent =
    (shown.length === findings.length ? all : `${shown.length.toLocaleString("en")} of ${all}`) + more;
}

function sortBy(key) {
  view.sort = view.sort === key ? "-" + key : key;
}

// Moves the focus within the list, on to other pages where it has more.
function focusRow(index) {
  const target = Math.min(Math.max(index, 0), shown.length - 1);
  if (target < 0) return;
  if (Math.floor(target / rowsOnPage) !== page) showPage(Math.floor(target / rowsOnPage));
  body.querySelector("a[tabindex='0']")?.setAttribute("tabindex", "-1");
  const link = body.rows[target % rowsOnPage].querySelector("a");
  link.setAttribute("tabindex", "0");
  link.focus();
  link.closest("tr").scrollIntoView({ block: "nearest" });
}

function rowKey(event) {
  const row = event.target.closest("tr");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const index = page * rowsOnPage + row.sectionRowIndex;
  const targets = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + 10, PageUp: index - 10, Home: 0,
    End: shown.length - 1 };
  if (!(event.key in targets)) return;
  event.preventDefault();
  if (event.key === "ArrowUp" && index === 0) byId("search").focus();
  else focusRow(targets[event.key]);
}
