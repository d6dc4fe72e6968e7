// Segments: built from sentences, counted while they are written, saved, and their members explained.
import { expect, test } from "vitest";
import { figure, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Browser segment ${stamp}`;

test("everybody is counted at once, a condition narrows the count while it is written", async () => {
  const { page } = on;
  await visit(page, "/segments/new");
  await page.getByLabel("Name").fill(name);
  const count = page.getByTestId("live-count");
  await count.waitFor();
  const everybody = figure(await count.textContent());
  expect(everybody).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Activity" }).click();
  await page.getByLabel("Value").fill("3");
  await page.getByText(/at least 3 times/).waitFor();
  await expect.poll(async () => figure(await count.textContent()), { timeout: 20_000 }).toBeLessThan(everybody);
  await shoot(page, "segment-new");
});

test("rows nest in groups and can be turned into their opposite", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Group" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).first().click();
  await page.getByRole("menuitem", { name: "Field" }).click();
  await page.getByLabel("Value").last().fill("DE");
  await page.getByRole("button", { name: /^not: Country is “DE”/ }).click();
  await page.getByText(/not \(Country is “DE”\)/).waitFor();
});

test("the segment is created and its members come", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
  await page.getByRole("tab", { name: /Members/ }).waitFor();
  await shoot(page, "segment-members");
});

test("its definition reads as it was written", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "Definition" }).click();
  await page.getByText(/In words: .*at least 3 times in the last 90 days and not \(Country is “DE”\)/).waitFor();
  await shoot(page, "segment-definition");
});

test("deleting it leads back to the list", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete segment" }).click();
  await page.getByRole("heading", { level: 1, name: "Segments" }).waitFor();
  await page.getByRole("link", { name }).waitFor({ state: "detached" });
});
