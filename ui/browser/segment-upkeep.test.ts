// Upkeep of segments: a group with its place and lists, what uses a segment, its past, its rebuild, and its end with what is built on it.
import { expect, test } from "vitest";
import { api, expectAccessible, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Made = { id: number };
type Group = Made & { name: string; sortOrder: number; exportToNewsletter: string[] };
const groupName = `Browser upkeep ${stamp}`;
const name = `Browser base ${stamp}`;
const built = `Browser built on it ${stamp}`;
let group: number;
let segment: number;

test("a group gets its place and its newsletter lists", async () => {
  const { page } = on;
  await visit(page, "/segments");
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name").fill(groupName);
  await page.getByLabel("Place").fill("7");
  await page.getByRole("combobox", { name: "Newsletter lists" }).fill("news");
  await page.keyboard.press("Enter");
  await shoot(page, "segment-group");
  await expectAccessible(page, "the dialog of a group");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const { items } = await api<{ items: Group[] }>(page, "GET", "/api/segment-groups");
  const made = items.find((one) => one.name === groupName);
  expect(made).toMatchObject({ sortOrder: 7, exportToNewsletter: ["news"] });
  group = made?.id ?? 0;
});

test("all segments are rebuilt from the list", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Rebuild all" }).click();
  await page.getByText("The rebuild has started.", { exact: false }).waitFor();
  await expect
    .poll(
      async () =>
        (await api<{ items: { building: boolean }[] }>(page, "GET", "/api/segments")).items.some((one) => one.building),
      { timeout: 30_000 },
    )
    .toBe(false);
});

test("a segment becomes a target group, and says what uses it", async () => {
  const { page } = on;
  const condition = { fact: "field", name: "active", op: "eq", value: true };
  segment = (await api<Made>(page, "POST", "/api/segments", { groupId: group, name, condition })).id;
  const onIt = { all: [{ fact: "segment", id: segment }] };
  await api(page, "POST", "/api/segments", { groupId: group, name: built, condition: onIt });
  await visit(page, `/segments/${segment}`);
  await page.getByLabel("Use as target group").check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const users = page.getByRole("list", { name: "Used by" });
  await users.getByRole("link", { name: built }).waitFor();
  await users.getByText("Target group", { exact: true }).waitFor();
  await users.scrollIntoViewIfNeeded();
  await shoot(page, "segment-uses");
  await expectAccessible(page, "a segment with its users");
});

test("its size day by day is a picture and a table", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "Outlook" }).click();
  await page.getByRole("img", { name: /^Size of the segment in / }).waitFor();
  await page.getByRole("radiogroup", { name: "Size as picture or table" }).getByText("Table", { exact: true }).click();
  const rows = page.getByRole("table", { name: "Size by day" }).getByRole("row");
  const { size } = await api<{ size: number }>(page, "GET", `/api/segments/${segment}`);
  expect(await rows.nth(1).getByRole("cell").nth(1).textContent()).toBe(String(size));
  await rows.nth(1).scrollIntoViewIfNeeded();
  await shoot(page, "segment-history");
  await expectAccessible(page, "the past of a segment");
});

test("as long as a segment is built on it, deleting asks for that too", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: built }).waitFor();
  const confirm = dialog.getByRole("button", { name: "Delete segment" });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel("Delete it all the same").check();
  await dialog.getByLabel("Delete the target group").check();
  await shoot(page, "segment-removal");
  await expectAccessible(page, "the dialog that deletes a segment");
  await confirm.click();
  await page.getByRole("heading", { level: 1, name: "Segments" }).waitFor();
  await page.getByRole("link", { name: built }).waitFor({ state: "detached" });
  await api(page, "DELETE", `/api/segment-groups/${group}`);
});
