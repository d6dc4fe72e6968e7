// Builders of segments: what settings would make, a builder set up, its segments left to it, what it does not cover, and its end.
import { expect, test } from "vitest";
import { api, expectAccessible, expectPresentable, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Built = { id: number; name: string; builderId: number | null };
const name = `Browser cities ${stamp}`;

const planned = () => on.page.getByRole("table", { name: "Segments it makes" });
const choose = async (label: string, option: string) => {
  await on.page.getByRole("combobox", { name: label, exact: true }).click();
  await on.page.getByRole("option", { name: option, exact: true }).click();
};

test("ranges of ages are rows, and say at their place what is wrong", async () => {
  const { page } = on;
  await visit(page, "/builders");
  await page.getByRole("link", { name: "Age" }).waitFor();
  await page.getByRole("link", { name: "New builder" }).click();
  await page.getByRole("heading", { level: 1, name: "New builder" }).waitFor();
  await planned().getByText("18 - 64", { exact: true }).waitFor();
  const to = page.getByRole("textbox", { name: "To" });
  await to.nth(1).fill("5");
  await refused(to.nth(1));
  await page.getByText("This is lower than where the range begins.").waitFor();
  await expectPresentable(page, "builder-wrong");
  await to.nth(1).fill("64");
  await page.getByRole("textbox", { name: "Name of the segment" }).nth(1).fill("Grown up");
  await planned().getByText("Grown up", { exact: true }).waitFor();
});

test("rows are added and moved by keyboard, which stays with them", async () => {
  const { page } = on;
  const up = page.getByRole("button", { name: "Move range 3 up" });
  await up.focus();
  await page.keyboard.press("Enter");
  const focused = page.locator(":focus");
  expect(await focused.getAttribute("aria-label")).toBe("Move range 2 up");
  await page.getByText("1 entry is marked in the form.").waitFor({ state: "detached" });
  expect(await page.getByRole("textbox", { name: "From" }).nth(1).inputValue()).toBe("65");
  await page.getByRole("button", { name: "Add range" }).press("Enter");
  expect(await focused.inputValue()).toBe("65");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.getByText("Fill in what is missing to see them.").waitFor();
  await page.getByRole("button", { name: "Create builder" }).click();
  await refused(page.getByRole("textbox", { name: "From" }).nth(3));
  await page.getByRole("button", { name: "Remove range 4" }).press("Enter");
  expect(await focused.getAttribute("aria-label")).toBe("Remove range 3");
});

test("the same settings can be written as JSON", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "JSON" }).click();
  const settings = page.getByLabel("Settings as JSON");
  expect(JSON.parse(await settings.inputValue())).toMatchObject({
    ranges: [{ from: 0 }, { from: 65 }, { name: "Grown up" }],
  });
  await settings.fill("{");
  await page.getByText("This is not a JSON object.").waitFor();
  await page.getByText("The form cannot show these settings.").waitFor();
  await settings.fill('{"ranges":[{"from":5,"to":4}]}');
  await page.getByText("/settings/ranges/0/to", { exact: true }).waitFor();
  await expectAccessible(page, "a builder as JSON");
  await page.getByRole("tab", { name: "Form" }).click();
  expect(await page.getByRole("textbox", { name: "To" }).inputValue()).toBe("4");
});

test("values of a gender are rows, and a problem stands at the value it is about", async () => {
  const { page } = on;
  await choose("Kind", "Gender");
  await planned().getByText("Women", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Add value" }).click();
  await page.getByRole("textbox", { name: "Value" }).nth(2).fill("MALE");
  await page.getByRole("combobox", { name: "Segment", exact: true }).nth(2).fill("Others");
  await page.keyboard.press("Tab");
  await page.getByText("But for its case this value is named already, for another segment.").waitFor();
  await expectPresentable(page, "builder-gender");
  await page.getByRole("textbox", { name: "Value" }).nth(2).fill("divers");
  await planned().getByText("Others", { exact: true }).waitFor();
  await page.getByRole("switch", { name: /^A segment for everybody else/ }).click({ force: true });
  await planned().getByText("Unknown", { exact: true }).waitFor({ state: "detached" });
});

test("countries are chosen with their regions in sight", async () => {
  const { page } = on;
  await choose("Kind", "State");
  await page.getByRole("checkbox", { name: "Germany (16 regions)" }).click();
  await page.getByRole("checkbox", { name: "Switzerland (9 regions)" }).click();
  await page.getByText("9 segments", { exact: true }).waitFor();
  await planned().getByText("AT - Tirol", { exact: true }).waitFor();
  await expectPresentable(page, "builder-state");
  await page.getByRole("radio", { name: "All whose postal codes are known" }).click();
  await page.getByText("34 segments", { exact: true }).waitFor();
});

test("a builder of terms is set up, and tells what it does not cover", async () => {
  const { page } = on;
  await choose("Kind", "Terms");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  const phrases = page.getByRole("textbox", { name: "Phrase" });
  await phrases.nth(1).fill("(");
  await page.getByText("No regular expression: at character 1: unclosed group").waitFor();
  await expectPresentable(page, "builder-term-wrong");
  await phrases.nth(1).fill("^vienna");
  await phrases.nth(1).press("Enter");
  await page.keyboard.type("Klosterneuburg");
  await planned().getByText("Vienna", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Create builder" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  const uncovered = page.getByRole("table", { name: "Not covered" });
  await uncovered.getByRole("row").nth(1).waitFor();
  expect(await uncovered.getByText("Wien", { exact: true }).count()).toBe(0);
  const { items } = await api<{ items: { settings: object }[] }>(page, "GET", "/api/segment-builders");
  expect(items.map(({ settings }) => settings)).toContainEqual({
    source: { field: "city" },
    terms: [{ term: "Vienna", phrases: ["wien", "/^vienna/", "Klosterneuburg"] }],
    matching: "every",
  });
});

test("what is not covered becomes a phrase of a term", async () => {
  const { page } = on;
  const uncovered = page.getByRole("table", { name: "Not covered" });
  const value = (await uncovered.getByRole("row").nth(1).getByRole("cell").first().textContent()) ?? "";
  await uncovered.getByRole("button", { name: `Add ${value} to a term` }).click();
  await page.getByRole("menuitem", { name: `New term “${value}”` }).click();
  await uncovered.getByText(`in ${value}`, { exact: true }).waitFor();
  await planned().getByText(value, { exact: true }).waitFor();
  await expectPresentable(page, "builder-terms");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await uncovered.getByText(value, { exact: true }).waitFor({ state: "detached" });
});

test("its segment is changed through it alone", async () => {
  const { page } = on;
  const { items } = await api<{ items: Built[] }>(page, "GET", "/api/segments");
  const builder = Number(page.url().split("/").at(-1));
  const built = items.find((one) => one.builderId === builder && one.name === "Vienna");
  expect(built).toBeDefined();
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
  await page.getByRole("tab", { name: "JSON" }).click();
  await page.getByLabel("Settings as JSON").fill(JSON.stringify(settings));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Every value is covered.").waitFor();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete builder" }).click();
  await page.getByRole("heading", { level: 1, name: "Segment builders" }).waitFor();
  await page.getByRole("link", { name }).waitFor({ state: "detached" });
  const { items } = await api<{ items: Built[] }>(page, "GET", "/api/segments");
  expect(items.map((one) => one.name)).not.toContain("Somewhere");
});
