// Builders of segments: what settings would make, a builder set up, its segments left to it, what it does not cover, and its end.
import { expect, test } from "vitest";
import { api, expectAccessible, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Built = { id: number; name: string; builderId: number | null };
const name = `Browser cities ${stamp}`;

test("settings that are wrong say where, right ones which segments they make", async () => {
  const { page } = on;
  await visit(page, "/builders");
  await page.getByRole("link", { name: "Age" }).waitFor();
  await page.getByRole("link", { name: "New builder" }).click();
  await page.getByRole("heading", { level: 1, name: "New builder" }).waitFor();
  const planned = page.getByRole("table", { name: "Segments it makes" });
  await planned.getByText("18 - 64", { exact: true }).waitFor();
  const settings = page.getByLabel("Settings as JSON");
  await settings.fill("{");
  await page.getByText("This is not a JSON object.").waitFor();
  await settings.fill('{"ranges":[{"from":5,"to":4}]}');
  await page.getByText("/settings/ranges/0/to", { exact: true }).waitFor();
  await shoot(page, "builder-wrong");
  await expectAccessible(page, "a builder with wrong settings");
});

test("a builder of terms is set up, and tells what it does not cover", async () => {
  const { page } = on;
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Terms" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("table", { name: "Segments it makes" }).getByText("Vienna", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Create builder" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  const uncovered = page.getByRole("table", { name: "Not covered" }).getByRole("row");
  await uncovered.nth(1).waitFor();
  expect(await page.getByRole("table", { name: "Not covered" }).getByText("Wien", { exact: true }).count()).toBe(0);
  await shoot(page, "builder-terms");
  await expectAccessible(page, "a builder of terms");
});

test("its segment is changed through it alone", async () => {
  const { page } = on;
  const { items } = await api<{ items: Built[] }>(page, "GET", "/api/segments");
  const builder = Number(page.url().split("/").at(-1));
  const built = items.find((one) => one.builderId === builder);
  expect(built?.name).toBe("Vienna");
  await visit(page, `/segments/${built?.id}`);
  await page.getByText("A builder makes this segment from its settings.").waitFor();
  expect(await page.getByRole("button", { name: "Delete", exact: true }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Save", exact: true }).count()).toBe(0);
  await shoot(page, "segment-built");
  await expectAccessible(page, "a segment that a builder makes");
  await page.getByRole("link", { name: "To the builder" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
});

test("changed settings bring other segments, and the end takes them along", async () => {
  const { page } = on;
  const settings = { source: { field: "city" }, terms: [{ term: "Somewhere", phrases: ["/./"] }] };
  await page.getByLabel("Settings as JSON").fill(JSON.stringify(settings));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByText("Every value is covered.").waitFor();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete builder" }).click();
  await page.getByRole("heading", { level: 1, name: "Segment builders" }).waitFor();
  await page.getByRole("link", { name }).waitFor({ state: "detached" });
  const { items } = await api<{ items: Built[] }>(page, "GET", "/api/segments");
  expect(items.map((one) => one.name)).not.toContain("Somewhere");
});
