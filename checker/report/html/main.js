// Wires the page up: controls, keys, the address, the theme, paper.

function fillSelect(key, all, values, title = (value) => value) {
  const counts = new Map();
  for (const finding of findings) {
    const value = filterValue[key](finding);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  byId(key).append(new Option(all, ""));
  for (const value of values ?? [...counts.keys()].sort())
    if (counts.has(value)) byId(key).append(new Option(`${title(value)} (${counts.get(value)})`, value));
}

function changeView(change) {
  change();
  setAddress(viewLink());
  showList();
}

// What the address says: a finding, a rule's page, or a view.
function followAddress() {
  const { hash } = location;
  const finding = byFingerprint.get(hash.slice(1));
  if (finding) {
    openDetail(finding);
    return;
  }
  if (detail.open) leaveDetail();
  if (hash.startsWith("#page-") && byId(hash.slice(1))) {
    byId(hash.slice(1)).open = true;
    byId(hash.slice(1)).scrollIntoView();
  } else if (hash === "" || hash.includes("=")) {
    readViewLink(hash);
    showList();
    if (hash !== "") showFindings();
  }
}

function showFindings() {
  byId("findings").focus();
  byId("findings").scrollIntoView();
}

function pageKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const typing = event.target.closest("input, select, textarea");
  if (detail.open) {
    if (event.key === "j") stepDetail(1);
    if (event.key === "k") stepDetail(-1);
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    byId("search").select();
  }
}

function searchKey(event) {
  if (event.key === "Escape" && view.q !== "") changeView(() => (view.q = ""));
  else if (event.key === "ArrowDown") focusRow(page * rowsOnPage);
  else return;
  event.preventDefault();
}

function setUpTheme() {
  const button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen;
  // A page that is opened from a file or in a frame may have no storage.
  try { chosen = localStorage.getItem("gfplint-theme"); } catch { /* the system's then */ }
  const show = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(dark));
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("gfplint-theme", chosen); } catch { /* for this visit then */ }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

function setUpHeader() {
  for (const { key, title } of columns) {
    const button = make("button", { type: "button" }, title);
    button.addEventListener("click", () => changeView(() => sortBy(key)));
    const header = make("th", { scope: "col", role: "columnheader", class: key, "data-key": key }, button);
    list.tHead.rows[0].append(header);
    byId("sort").append(new Option(title, key), new Option(title + ", reversed", "-" + key));
  }
}

function setUpControls() {
  fillSelect("severity", "all", severities);
  fillSelect("rule", "all");
  fillSelect("subsystem", "all");
  fillSelect("fix", "any or none", Object.keys(fixKinds), (kind) => fixKinds[kind]);
  for (const key of [...filterKeys, "sort"])
    byId(key).addEventListener("change", () => changeView(() => (view[key] = byId(key).value)));
  byId("search").addEventListener("input", () => changeView(() => (view.q = byId("search").value)));
  byId("search").addEventListener("keydown", searchKey);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => {
    changeView(() => Object.assign(view, initialView));
    byId("search").focus();
  });
  byId("previous-page").addEventListener("click", () => turnPage(-1));
  byId("next-page").addEventListener("click", () => turnPage(1));
  byId("previous").addEventListener("click", () => stepDetail(-1));
  byId("next").addEventListener("click", () => stepDetail(1));
  byId("close").addEventListener("click", () => detail.close());
  detail.addEventListener("close", closedDetail);
  // Beside the dialog.
  detail.addEventListener("click", (event) => { if (event.target === detail) detail.close(); });
  body.addEventListener("keydown", rowKey);
  body.addEventListener("click", (event) => {
    if (!event.target.closest("a") && getSelection().isCollapsed) event.target.closest("tr")?.querySelector("a").click();
  });
  document.addEventListener("keydown", pageKey);
  document.addEventListener("click", (event) => {
    // The address does not change then.
    const link = event.target.closest("a[href^='#']");
    if (link?.hash === location.hash && link.hash.includes("=")) showFindings();
  });
  byId("filters").hidden = findings.length === 0;
}

function turnPage(by) {
  showPage(page + by);
  showFindings();
}

// Paper has no pages to turn.
function setUpPaper() {
  addEventListener("beforeprint", () => {
    showRows(0, rowsOnPaper);
    showCount(shown.length > rowsOnPaper ? `; the first ${rowsOnPaper.toLocaleString("en")} are printed` : "");
  });
  addEventListener("afterprint", () => {
    showPage(page);
    showCount();
  });
}

setUpTheme();
setUpHeader();
setUpControls();
setUpPaper();
showList();
addEventListener("hashchange", followAddress);
followAddress();
