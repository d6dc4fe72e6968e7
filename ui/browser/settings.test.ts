// Settings: a custom field that appears on customers, a key that is shown once, jobs, and imports tried without writing.
import { expect, test } from "vitest";
import { expectPresentable, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const label = `Shoe size ${stamp}`;

test("a new field appears in the form of every customer", async () => {
  const { page } = on;
  await visit(page, "/fields/new");
  await page.getByLabel("Label").fill(label);
  await page.getByLabel("Name").fill(`shoe_size_${stamp}`);
  await shoot(page, "field-new");
  await page.getByRole("button", { name: "Create field" }).click();
  await page.getByRole("heading", { level: 1, name: "Custom fields" }).waitFor();
  await page.getByRole("link", { name: label }).waitFor();
  await visit(page, "/customers/new");
  await page.getByLabel(label).waitFor();
});

test("a field is deleted after asking", async () => {
  const { page } = on;
  await visit(page, "/fields");
  await page.getByRole("link", { name: label }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete field" }).click();
  await page.getByRole("heading", { level: 1, name: "Custom fields" }).waitFor();
});

test("a key is shown once and never again", async () => {
  const { page } = on;
  await visit(page, "/keys");
  await page.getByRole("button", { name: "New API key" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill(`Browser key ${stamp}`);
  await page.getByRole("button", { name: "Create key" }).click();
  const shown = page.getByTestId("new-key");
  await shown.waitFor();
  const key = (await shown.textContent()) ?? "";
  expect(key.length).toBeGreaterThan(20);
  await shoot(page, "key-shown-once");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByText(`Browser key ${stamp}`).waitFor();
  expect(await page.getByText(key).count()).toBe(0);
  await page.reload();
  await page.getByText(`Browser key ${stamp}`).waitFor();
  expect(await page.getByText(key).count()).toBe(0);
});

test("a key is revoked after asking", async () => {
  const { page } = on;
  await page.getByRole("button", { name: `Revoke key Browser key ${stamp}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText(`The key Browser key ${stamp} was revoked.`).waitFor();
});

test("jobs can be looked at by state", async () => {
  const { page } = on;
  await visit(page, "/jobs?state=done");
  await page.getByRole("table", { name: "Jobs" }).or(page.getByText("No jobs")).first().waitFor();
  await page.getByRole("combobox", { name: "Job" }).click();
  await page.getByRole("option", { name: "Import", exact: true }).click();
  await expect.poll(() => page.url()).toContain("kind=import");
  const jobs = page.getByRole("table", { name: "Jobs" });
  await jobs.or(page.getByText("No jobs")).first().waitFor();
  expect(await jobs.getByText("Rebuild segments").count()).toBe(0);
  await expectPresentable(page, "jobs");
});

test("the audit log is narrowed to a kind of thing and to one thing, and says in words what was changed", async () => {
  const { page } = on;
  await visit(page, "/audit");
  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "API key", exact: true }).click();
  await expect.poll(() => page.url()).toContain("entityType=api_key");
  const entries = page.getByRole("table", { name: "Audit log" });
  await page
    .getByRole("button", { name: /^Only changes of API key #/ })
    .first()
    .click();
  await expect.poll(() => page.url()).toContain("entityId=");
  await expect.poll(() => entries.locator("tbody tr").count()).toBe(2);
  await entries.getByText("revoked", { exact: true }).waitFor();
  await entries.getByText(`Browser key ${stamp}`).first().waitFor();
  await expectPresentable(page, "audit-one");
  await page.getByRole("button", { name: /Show changes of every API key/ }).click();
  await expect.poll(() => page.url()).not.toContain("entityId=");
});

test("a file is looked at, mapped and tried without writing", async () => {
  const { page } = on;
  await visit(page, "/import");
  const csv = `email,vorname,nachname\nimport.${stamp}@example.org,Ida,Import\n`;
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "customers.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Dry run" }).click();
  await page.getByText("Nothing was written yet.").waitFor({ timeout: 30_000 });
  await shoot(page, "import");
});
