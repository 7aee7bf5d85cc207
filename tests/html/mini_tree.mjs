// The report of html_test.py's mini tree against its JSON.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readFileSync } from "node:fs";
import { assertAccessible, assertFits, closeBrowser, eventually, focused, rows, status, withReport } from "./browser.mjs";

after(closeBrowser);

// In the order of the list: the most serious first, then as the JSON has them.
const { findings } = JSON.parse(readFileSync(process.env.FINDINGS, "utf8"));
const levels = ["error", "warning", "note"];
findings.sort((a, b) => levels.indexOf(a.severity) - levels.indexOf(b.severity));
const traced = findings.find((finding) => finding.file.endsWith("traced.c") && finding.trace.length > 0);
const fixed = findings.find((finding) => finding.fix?.applicability === "safe");
const count = (test) => findings.filter(test).length;

test("every finding has its row", () => withReport({}, async (page) => {
  assert.equal(await status(page), `${findings.length} findings`);
  const places = await page.locator("#list a.location").allTextContents();
  assert.deepEqual(places, findings.map(({ file, line }) => `${file}:${line}`));
  const messages = await page.locator("#list td.message").allTextContents();
  assert.deepEqual(messages, findings.map(({ message }) => message));
}));

test("subsystems are those of MAINTAINERS, else folders", () => withReport({}, async (page) => {
  const names = await page.locator("#list td.subsystem").allTextContents();
  assert.deepEqual(names, findings.map(({ file }) => file.startsWith("drivers/demo/") ? 'DEMO "DRIVERS" & CO' : file.split("/")[0]));
}));

test("what was not analysed is named", () => withReport({}, async (page) => {
  const text = await page.locator(".failures ul").textContent();
  assert.match(text, /broken\.c .*expected ';'/);
}));

test("nothing in the source breaks out", () => withReport({}, async (page) => {
  assert.equal(await page.locator("#broken").count(), 0);
  assert.equal(await page.locator("script").count(), 2);
}));

test("a finding opens with excerpt, trace and mask", () => withReport({ hash: "#" + traced.fingerprint }, async (page) => {
  const detail = page.locator("#detail");
  assert.ok(await detail.isVisible());
  assert.match(await page.locator("#detail-title").textContent(), new RegExp(`^${traced.severity} `));
  const code = page.locator("#detail-body > .code");
  assert.match(await code.textContent(), /return __vmalloc\(size, gfp\);\t\/\* <\/script><b id="broken">"'&lt; \*\//);
  assert.match(await code.locator(".here").textContent(), new RegExp(`^${traced.line} `));
  const steps = page.locator(".trace > li");
  assert.equal(await steps.count(), traced.trace.length);
  for (const [index, step] of traced.trace.entries()) {
    const text = await steps.nth(index).textContent();
    assert.ok(text.includes(step.message) && text.includes(`${step.file}:${step.line}:${step.column}`), text);
    assert.match(await steps.nth(index).locator(".here").textContent(), new RegExp(`^${step.line} `));
  }
  assert.match(await page.locator(".facts").textContent(), /GFP_NOWAIT/);
}));

test("the mark stands at the column", () => withReport({ hash: "#" + fixed.fingerprint }, async (page) => {
  const line = await page.locator("#detail-body > .code .here code").textContent();
  const mark = await page.locator("#detail-body > .code mark").textContent();
  assert.ok(line.slice(fixed.column - 1).startsWith(mark), `${mark} in ${line}`);
}));

test("a fix is a diff", () => withReport({ hash: "#" + fixed.fingerprint }, async (page) => {
  const diff = page.locator(".diff");
  assert.match(await diff.textContent(), new RegExp(`^--- a/${fixed.file}\n\\+\\+\\+ b/${fixed.file}\n@@ `));
  assert.match(await diff.locator(".removed").textContent(), /GFP_KERNEL \| __GFP_NOWARN/);
  assert.match(await diff.locator(".added").textContent(), /^\+.*GFP_NOWAIT/);
}));

test("the rule's page is there, with its code", () => withReport({ hash: "#" + traced.fingerprint }, async (page) => {
  await page.locator("#detail-body .page summary").click();
  const text = page.locator("#detail-body .page .text");
  assert.equal(await text.locator("h3").first().textContent(), "What it finds");
  assert.ok(await text.locator("pre code").first().isVisible());
}));

test("counts lead to what they count", () => withReport({}, async (page) => {
  await page.locator(".tiles .severity-error a").click();
  await eventually(async () => assert.equal(await status(page), `${count(({ severity }) => severity === "error")} of ${findings.length} findings`));
  assert.equal(await page.locator("#severity").inputValue(), "error");
  await page.locator("section.counts a[href^='#rule=restricted-gfp-site&']").first().click();
  await eventually(async () => assert.equal(await status(page), `${count(({ rule }) => rule === "restricted-gfp-site")} of ${findings.length} findings`));
  await page.goBack();
  await eventually(async () => assert.equal(await page.locator("#rule").inputValue(), ""));
  assert.equal(await page.locator("#severity").inputValue(), "error");
}));

test("the chart says what the inventory has", () => withReport({}, async (page) => {
  const site = findings.filter(({ rule }) => rule === "restricted-gfp-site");
  assert.ok(await page.locator("svg.bars rect").count() >= 2);
  const legend = await page.locator(".legend li").allTextContents();
  const total = legend.map((text) => Number(/\d+$/.exec(text)[0])).reduce((a, b) => a + b);
  assert.equal(total, site.length);
  await page.locator(".chart summary").click();
  assert.ok(await page.locator(".chart table").isVisible());
}));

test("by keyboard alone", () => withReport({}, async (page) => {
  await page.keyboard.press("/");
  assert.equal(await focused(page), "search");
  await page.keyboard.type("demo");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.locator("#detail").waitFor();
  const first = findings.find(({ file }) => file.includes("demo"));
  assert.equal(await page.evaluate(() => location.hash), "#" + first.fingerprint);
  await page.keyboard.press("j");
  assert.match(await page.locator("#position").textContent(), /^2 of /);
  await page.keyboard.press("k");
  await page.keyboard.press("Escape");
  await page.locator("#detail").waitFor({ state: "hidden" });
  await eventually(async () => assert.equal(await focused(page), "location"));
  assert.equal(await page.evaluate(() => location.hash), "#q=demo");
}));

test("dark by the system's wish, or by the button, which is remembered", () => withReport({ colorScheme: "dark" }, async (page) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  assert.equal(await page.locator("#theme").getAttribute("aria-pressed"), "true");
  await page.locator("#theme").click();
  assert.equal(await ground(), "rgb(255, 255, 255)");
  assert.notEqual(dark, "rgb(255, 255, 255)");
  await page.reload();
  assert.equal(await ground(), "rgb(255, 255, 255)");
}));

test("works where there is no storage", () => withReport({}, async (page) => {
  await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new Error("none"); } }));
  await page.reload();
  await page.locator("#theme").click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.equal(await rows(page).count(), findings.length);
}));

test("without scripts the counts are there", () => withReport({ javaScriptEnabled: false }, async (page) => {
  assert.ok(await page.locator(".counts table").first().isVisible());
  assert.ok(await page.locator("noscript p").isVisible());
}));

test("paper shows all rows and no controls", () => withReport({}, async (page) => {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await rows(page).count(), findings.length);
  assert.ok(!(await page.locator("#filters").isVisible()));
  assert.ok((await page.pdf()).length > 10000);
  await page.setViewportSize({ width: 794, height: 1123 }); // A4
  await page.evaluate((hash) => (location.hash = hash), fixed.fingerprint);
  await page.locator("#detail").waitFor();
  assert.ok(!(await page.locator("#close").isVisible()));
  await assertFits(page);
}));

for (const colorScheme of ["light", "dark"])
  for (const width of [1280, 400])
    test(`accessible, and fits: ${colorScheme}, ${width} px`, () =>
      withReport({ colorScheme, viewport: { width, height: 800 } }, async (page) => {
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await assertFits(page);
        await assertAccessible(page);
        for (const { fingerprint, file, line, column } of [traced, fixed]) {
          await page.evaluate((hash) => (location.hash = hash), fingerprint);
          await page.locator("#detail-body", { hasText: `${file}:${line}:${column}` }).waitFor();
          await page.evaluate(() => document.querySelectorAll("#detail details").forEach((details) => (details.open = true)));
          await assertFits(page);
          await assertAccessible(page);
        }
      }));
