// The audit log: narrowed by who, deed, days and text, all of it in the address, and what is said when nothing fits.
import { beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
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
