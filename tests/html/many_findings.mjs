// A report of 20,000 findings, made by make_report.cpp: complete, and quick enough to type in.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, eventually, focused, rows, status, withReport } from "./browser.mjs";

after(closeBrowser);

// Filtering takes some 20 ms; a loaded machine may take its time.
const mostMilliseconds = 1000;

test("a page of rows at a time", () => withReport({}, async (page) => {
  assert.equal(await status(page), "20,000 findings");
  assert.equal(await rows(page).count(), 100);
  assert.equal(await page.locator("#page").textContent(), "Page 1 of 200");
  await page.locator("#next-page").click();
  assert.match(await rows(page).first().textContent(), /file10\.c:7/);
  assert.ok(await page.locator("#previous-page").isEnabled());
}));

test("search takes words in any order, and is quick", () => withReport({}, async (page) => {
  const search = page.locator("#search");
  await search.fill("get7() vmalloc-restricted");
  assert.equal(await status(page), "0 of 20,000 findings");
  await search.fill("vmalloc-restricted get6");
  assert.equal(await status(page), "1,000 of 20,000 findings");
  const took = await page.evaluate(() => {
    const box = document.getElementById("search");
    const start = performance.now();
    for (const text of ["n", "no", "nof", "nofs", "nofs 1"]) {
      box.value = text;
      box.dispatchEvent(new Event("input"));
    }
    document.body.offsetHeight;
    return (performance.now() - start) / 5;
  });
  assert.ok(took < mostMilliseconds, `${took} ms a letter`);
}));

test("filters go together", () => withReport({}, async (page) => {
  await page.locator("#rule").selectOption("restricted-gfp-site");
  assert.equal(await status(page), "5,000 of 20,000 findings");
  await page.locator("#fix").selectOption("safe");
  const safe = await status(page);
  assert.match(safe, /^\d{3} of 20,000 findings$/);
  await page.locator("#subsystem").selectOption("drivers/part7");
  const kinds = await page.locator("#list td.fix").allTextContents();
  assert.ok(kinds.length > 0 && kinds.every((kind) => kind === "safe"));
  await page.locator("#severity").selectOption("error");
  assert.equal(await status(page), "0 of 20,000 findings");
  assert.ok(!(await page.locator("#list").isVisible()));
  await page.locator("#reset").click();
  assert.equal(await status(page), "20,000 findings");
}));

test("sorts by a column, and back", () => withReport({}, async (page) => {
  const sorted = () => page.locator("th[aria-sort]").evaluateAll((all) => all.map((header) => [header.dataset.key, header.ariaSort]));
  assert.deepEqual(await sorted(), [["severity", "ascending"]]);
  assert.equal(await page.locator("td.severity").first().textContent(), "error");
  await page.locator("th.severity button").click();
  assert.deepEqual(await sorted(), [["severity", "descending"]]);
  assert.equal(await page.locator("td.severity").first().textContent(), "note");
  await page.locator("th.location button").click();
  assert.deepEqual(await sorted(), [["location", "ascending"]]);
  const places = await page.locator("a.location").allTextContents();
  assert.deepEqual(places.slice(0, 3), [3, 7, 11].map((line) => `drivers/part0/file0.c:${line}`));
  await page.locator("th.location button").click();
  await page.reload();
  assert.deepEqual(await sorted(), [["location", "descending"]]);
  assert.match(await rows(page).first().textContent(), /file999\.c:79/);
}));

test("the arrow keys go on to the next page, and back from a finding there", () => withReport({}, async (page) => {
  await page.locator("#search").focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "location");
  await page.keyboard.press("End");
  assert.equal(await page.locator("#page").textContent(), "Page 200 of 200");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await page.locator("#position").textContent(), "20,000 of 20,000"));
  assert.ok(await page.locator("#next").isDisabled());
  await page.keyboard.press("Escape");
  await eventually(async () => assert.equal(await focused(page), "location"));
  await page.keyboard.press("Home");
  assert.equal(await page.locator("#page").textContent(), "Page 1 of 200");
}));

test("a link leads to a finding on any page", async () => {
  let print;
  await withReport({}, async (page) => {
    await page.locator("#search").fill("file900.c:7");
    print = await page.locator("#list a.location").first().getAttribute("href");
  });
  await withReport({ hash: print }, async (page) => {
    assert.match(await page.locator("#detail-body").textContent(), /drivers\/part0\/file900\.c:7:20/);
    await page.locator("#close").click();
    await eventually(async () => assert.equal(await page.locator("#page").textContent(), "Page 91 of 200"));
  });
});

test("a link leads to a view", () => withReport({ hash: "#rule=scope-unpaired&q=nowait&sort=-location" }, async (page) => {
  assert.equal(await page.locator("#search").inputValue(), "nowait");
  assert.equal(await status(page), "1,250 of 20,000 findings");
  assert.match(await rows(page).first().textContent(), /file999\.c/);
}));

test("paper has the first 2,000", () => withReport({}, async (page) => {
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await rows(page).count(), 2000);
  assert.match(await status(page), /the first 2,000 are printed/);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await rows(page).count(), 100);
  assert.equal(await status(page), "20,000 findings");
}));
