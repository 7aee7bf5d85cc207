// A report without findings says so, and shows no empty list.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertAccessible, closeBrowser, status, withReport } from "./browser.mjs";

after(closeBrowser);

test("nothing found", () => withReport({}, async (page) => {
  assert.equal(await status(page), "0 findings");
  for (const id of ["#list", "#filters", "#pager", ".chart", ".counts"])
    assert.ok(!(await page.locator(id).isVisible()), id);
  assert.match(await page.locator(".failures").textContent(), /fs\/<broken>\.c expected ';' before <\/script>/);
  await assertAccessible(page);
}));
