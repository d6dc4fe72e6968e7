// The audit log: narrowed by who, deed, days and text, all of it in the address, and what is said when nothing fits.
import { beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
/** Before all that is in the log. */
const CURSOR = Buffer.from('["2199-01-01T00:00:00Z",1]').toString("base64url");
const rows = () => on.page.getByRole("table", { name: "Audit log" }).locator("tbody tr:not([aria-hidden])");
const choose = async (what: string, option: string | RegExp) => {
  await on.page.getByRole("combobox", { name: what, exact: true }).click();
  await on.page.getByRole("option", { name: option }).first().click();
};

beforeAll(async () => {
  const made = await api<{ id: number }>(on.page, "POST", "/api/companies", { name: `Audited ${stamp}` });
  await api(on.page, "PATCH", `/api/companies/${made.id}`, { vatId: `AT${stamp}` });
});

test("who, what he did and a text narrow the log, and all of it stands in the address", async () => {
  const { page } = on;
  await visit(page, "/audit");
  await page.getByRole("searchbox", { name: "Text in the changes" }).fill(stamp.toUpperCase());
  await expect.poll(() => rows().count()).toBe(2);
  await choose("Did", "created");
  await expect.poll(() => rows().count()).toBe(1);
  await rows()
    .first()
    .getByRole("button", { name: /^Only changes of/ })
    .first()
    .click();
  await expect.poll(() => page.url()).toMatch(/actor=admin_user(:|%3A)\d+/);
  await rows().getByText(`Audited ${stamp}`).waitFor();

  await page.reload();
  await expect.poll(() => rows().count()).toBe(1);
  expect(await page.getByRole("combobox", { name: "Did", exact: true }).inputValue()).toBe("created");
  expect(await page.getByRole("combobox", { name: "Who", exact: true }).inputValue()).not.toBe("Everybody");
  await expectPresentable(page, "audit-narrowed");
});

test("where nothing fits, the log says so and shows the way back", async () => {
  const { page } = on;
  await choose("Who", "the command line");
  await page.getByText("Nothing was changed", { exact: true }).waitFor();
  await expectPresentable(page, "audit-nothing");
  await page.getByRole("button", { name: "Show everything" }).click();
  await rows().first().waitFor();
  expect(page.url()).not.toContain("actor");
});

test("days are those of the reader's calendar, both included", async () => {
  const { page } = on;
  const today = await page.evaluate<string>("new Date().toLocaleDateString('sv')");
  const yesterday = await page.evaluate<string>("new Date(Date.now() - 86400000).toLocaleDateString('sv')");
  await visit(page, `/audit?q=${stamp}&from=${today}&to=${today}`);
  await expect.poll(() => rows().count()).toBe(2);
  await page.getByLabel("Up to this day").fill(yesterday);
  await page.getByLabel("From this day on").fill(yesterday);
  await page.getByText("Nothing was changed", { exact: true }).waitFor();
  expect(page.url()).toContain(`to=${yesterday}`);
});

test("a text is looked for until it is found, however far back the server has got", async () => {
  const { page } = on;
  const pieces = ["2026-03-04T10:00:00Z", "2026-02-03T10:00:00Z"];
  await page.route("**/api/audit?*", async (route) => {
    const lookedBackTo = pieces.shift();
    if (lookedBackTo === undefined) return route.continue();
    await route.fulfill({ json: { items: [], nextCursor: CURSOR, total: null, lookedBackTo } });
  });
  await visit(page, `/audit?q=${stamp}`);
  await expect.poll(() => rows().count()).toBe(2);
  await page.unroute("**/api/audit?*");
  expect(pieces).toEqual([]);

  await page.route("**/api/audit?*", async (route) => {
    // The second piece takes for ever.
    if (new URL(route.request().url()).searchParams.has("cursor")) return;
    const lookedBackTo = "2026-03-04T10:00:00Z";
    await route.fulfill({ json: { items: [], nextCursor: CURSOR, total: null, lookedBackTo } });
  });
  await visit(page, `/audit?q=rare${stamp}`);
  await page.getByText("Looked through back to March 4, 2026", { exact: true }).waitFor();
  await expectPresentable(page, "audit-looking");
  await page.unroute("**/api/audit?*");
});
