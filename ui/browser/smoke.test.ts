// The ways everything else stands on, for a run on another database: in, a customer made and found, a segment counted, figures.
import { expect, inject, test } from "vitest";
import { figure, stage, stamp, visit } from "./stage";

const on = stage({ signedIn: false });
const email = `smoke-${stamp}@example.org`;

test("one signs in and sees the figures of the shop", async () => {
  const { page } = on;
  await page.goto(`${inject("url")}/admin/`);
  await page.getByLabel("Mail address").fill(inject("login").email);
  await page.getByRole("textbox", { name: "Password" }).fill(inject("login").password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  await page.getByRole("img", { name: /activities in 30 days/ }).waitFor();
  const customers = page.locator(".card", { has: page.getByRole("link", { name: "Customers", exact: true }) });
  expect(figure(await customers.locator(".figures").first().textContent())).toBeGreaterThan(0);
});

test("a customer is made and found", async () => {
  const { page } = on;
  await visit(page, "/customers/new");
  await page.getByLabel("First name").fill("Smoke");
  await page.getByLabel("Last name").fill(`Test${stamp}`);
  await page.getByLabel("Mail", { exact: true }).fill(email);
  await page.getByRole("button", { name: "Create customer" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Smoke Test${stamp}`) }).waitFor();
  await visit(page, "/customers");
  await page.getByLabel("Search customers").fill(email);
  await page.getByText("1 customer", { exact: true }).waitFor();
  await page.getByRole("link", { name: `Smoke Test${stamp}` }).waitFor();
});

test("a segment is counted while it is written, and made", async () => {
  const { page } = on;
  await visit(page, "/segments/new");
  await page.getByLabel("Name").fill(`Smoke ${stamp}`);
  const count = page.getByTestId("live-count");
  await count.waitFor();
  const everybody = figure(await count.textContent());
  expect(everybody).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Activity" }).click();
  await page.getByLabel("Value").fill("3");
  await expect.poll(async () => figure(await count.textContent())).toBeLessThan(everybody);
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Smoke ${stamp}`) }).waitFor();
});
