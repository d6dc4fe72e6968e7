// Exporting the list of customers: what is covered, the columns, the note with the file, and the page of all files.
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
const customers: number[] = [];

beforeAll(async () => {
  for (const firstname of ["Ada", "Bert"]) {
    const { id } = await api<{ id: number }>(on.page, "POST", "/api/customers", {
      firstname,
      lastname: `Export${stamp}`,
      city: "=Wien",
    });
    customers.push(id);
  }
});
afterAll(async () => {
  for (const id of customers) await api(on.page, "DELETE", `/api/customers/${id}`);
  const { items } = await api<{ items: { id: number }[] }>(on.page, "GET", "/api/exports");
  for (const { id } of items) await api(on.page, "DELETE", `/api/exports/${id}`);
});

const drawer = () => on.page.getByRole("dialog", { name: "Export customers" });

test("what the list shows is exported with its columns", async () => {
  const { page } = on;
  await visit(page, `/customers?q=Export${stamp}`);
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await drawer().getByText("The 2 customers that the list shows now").waitFor();
  expect(await drawer().getByRole("checkbox", { name: "First name" }).isChecked()).toBe(true);
  expect(await drawer().getByRole("checkbox", { name: "Phone" }).isChecked()).toBe(false);
  await drawer().getByRole("checkbox", { name: "Number", exact: true }).click();
  await expectPresentable(page, "export-drawer");
  await drawer().getByRole("button", { name: "None" }).click();
  expect(await drawer().getByRole("button", { name: "Export", exact: true }).isDisabled()).toBe(true);
  await drawer().getByRole("checkbox", { name: "First name" }).click();
  await drawer().getByRole("checkbox", { name: "City" }).click();
  await drawer().getByRole("button", { name: "Export", exact: true }).click();
  await drawer().waitFor({ state: "hidden" });
  await page.getByText("2 customers were exported.").waitFor();
  await expectPresentable(page, "export-ready");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^customers-\d{8}-\d{6}\.csv$/);
  const text = (await (await file.createReadStream()).toArray()).join("");
  expect(text).toBe("\ufefffirstname,city\nBert,'=Wien\nAda,'=Wien\n");
});

test("files are listed, fetched again and deleted", async () => {
  const { page } = on;
  await visit(page, "/exports");
  const table = page.getByRole("table", { name: "Exports" });
  const row = table.getByRole("row").nth(1);
  await row.getByText("done", { exact: true }).waitFor();
  await expectPresentable(page, "exports");
  const download = page.waitForEvent("download");
  await row.getByRole("link", { name: /^Download customers-/ }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await row.getByRole("button", { name: /^Delete customers-/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No exports yet").waitFor();
});

test("a workbook is exported by the keyboard alone", async () => {
  const { page } = on;
  await visit(page, `/customers?q=Export${stamp}`);
  await page.getByRole("button", { name: "Export", exact: true }).focus();
  await page.keyboard.press("Enter");
  await drawer().getByRole("radio", { name: "CSV" }).focus();
  await page.keyboard.press("ArrowRight");
  await drawer().getByText("One sheet with real numbers and dates").waitFor();
  await drawer().getByRole("button", { name: "Export", exact: true }).focus();
  await page.keyboard.press("Enter");
  const link = page.getByRole("link", { name: /^Download/ });
  await link.waitFor();
  expect(await link.getAttribute("download")).toMatch(/\.xlsx$/);
});

test("whether those of everybody are shown stands in the address", async () => {
  const { page } = on;
  await visit(page, "/exports");
  const everybody = page.getByRole("switch", { name: "Everybody’s" });
  await everybody.check();
  await expect.poll(() => page.url()).toContain("all=true");
  await page.reload();
  await expect.poll(() => everybody.isChecked()).toBe(true);
  await everybody.uncheck();
  await expect.poll(() => page.url()).not.toContain("all");
});
