// What the suites share: chromium on a report, with everything watched that a report must not do.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const report = "file://" + process.env.REPORT;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", timeout: 120_000 });
export const closeBrowser = () => browser.close();

// Opens the report in a window of its own and gives it to `act`; then nothing may have gone wrong in it.
export async function withReport(options, act) {
  const { hash = "", ...context } = options;
  const window = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context });
  // A machine may be busy.
  window.setDefaultTimeout(120_000);
  const page = await window.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url().replace(/#.*/, "")));
  await page.goto(report + hash);
  await act(page);
  assert.deepEqual(complaints, []);
  assert.deepEqual([...new Set(requests)], [report]);
  await window.close();
}

// What axe-core finds wrong by WCAG 2.1 A and AA and its own best practices. The page's policy lets no script
// in, so axe is evaluated by the driver.
export async function assertAccessible(page) {
  await page.evaluate(axe + "; undefined");
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => [node.html, node.failureSummary])]), []);
}

// Nothing sticks out of the window to the right.
export async function assertFits(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${content} px of content in ${window} px`);
}

// Links and dialogs act some time after the key or click that set them off: tries `check` until it holds, and
// passes on what it says when it has not for half a minute.
export async function eventually(check) {
  const end = Date.now() + 30_000;
  for (;;) {
    try { return await check(); } catch (error) {
      if (!(error instanceof assert.AssertionError) || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const rows = (page) => page.locator("#list tbody tr");
export const status = (page) => page.locator("#shown").textContent();
export const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.className);
