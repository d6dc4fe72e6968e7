// Companies: made, found, changed, joined by a customer, and kept as long as somebody belongs to them.
import { expect, test } from "vitest";
import { api, expectAccessible, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Browser Works ${stamp}`;
const vatId = `ATU${stamp}`;
const email = `member.${stamp}@example.org`;
let customer: number;

test("a company without a name is refused at its field, with one it is created", async () => {
  const { page } = on;
  await visit(page, "/companies/new");
  await page.getByRole("button", { name: "Create company" }).click();
  await refused(page.getByLabel("Name"));
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create company" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
});

test("it is changed in place and found by its number", async () => {
  const { page } = on;
  await page.getByLabel("VAT number").fill(vatId);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await shoot(page, "company");
  await expectAccessible(page, "a company");
  await visit(page, "/companies");
  await page.getByLabel("Name or VAT number").fill(vatId.toLowerCase());
  await expect.poll(() => page.url()).toContain("q=");
  await page.getByText("1 company", { exact: true }).waitFor();
  await page.getByRole("link", { name }).waitFor();
  await shoot(page, "companies");
  await expectAccessible(page, "the list of companies");
});

test("a customer joins it, and says so in the head of the page", async () => {
  const { page } = on;
  const made = await api<{ id: number }>(page, "POST", "/api/customers", {
    email,
    firstname: "Member",
    lastname: stamp,
  });
  customer = made.id;
  await visit(page, `/customers/${customer}?tab=attributes`);
  await page.getByRole("combobox", { name: "Company" }).fill(vatId);
  await page.getByRole("option", { name: new RegExp(name) }).click();
  await shoot(page, "customer-company-choice");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByRole("banner").or(page.locator("header")).getByRole("link", { name }).waitFor();
  await shoot(page, "customer-company");
  await expectAccessible(page, "a customer of a company");
  await page.reload();
  await expect.poll(() => page.getByRole("combobox", { name: "Company" }).inputValue()).toBe(`${name} · ${vatId}`);
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Company", { exact: true }).first().waitFor();
});

test("as long as somebody belongs to it, it cannot be deleted", async () => {
  const { page } = on;
  await page.locator("header").getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete company" }).click();
  await page.getByText(`1 customers belong to ${name}`).waitFor();
  await shoot(page, "company-in-use");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).last().click();
});

test("its page leads to its customers", async () => {
  const { page } = on;
  await page.getByRole("link", { name: "Its customers" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await page.getByText(/^Number of the company is /).waitFor();
  await page.getByRole("link", { name: `Member ${stamp}` }).waitFor();
  expect(await page.getByRole("table").getByRole("link").count()).toBe(1);
  await shoot(page, "company-members");
});

test("the customer leaves, and then it can", async () => {
  const { page } = on;
  await visit(page, `/customers/${customer}?tab=attributes`);
  await page.getByRole("button", { name: "No company" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.locator("header").getByRole("link", { name }).waitFor({ state: "detached" });
  await visit(page, `/companies?q=${vatId}`);
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete company" }).click();
  await page.getByRole("heading", { level: 1, name: "Companies" }).waitFor();
  await api(page, "DELETE", `/api/customers/${customer}`);
});
