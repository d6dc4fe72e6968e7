// The segments of a customer that are filled by hand: dragged in and out with the mouse, taken back, and the same with the keyboard.
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
const made = { group: 0, first: 0, second: 0, customer: 0 };
const first = `First ${stamp}`;
const second = `Second ${stamp}`;

type Made = { id: number };

beforeAll(async () => {
  const { page } = on;
  const group = { name: `By hand ${stamp}`, reference: stamp, calculated: false };
  made.group = (await api<Made>(page, "POST", "/api/segment-groups", group)).id;
  const segment = (name: string) =>
    api<Made>(page, "POST", "/api/segments", { groupId: made.group, name, reference: name });
  made.first = (await segment(first)).id;
  made.second = (await segment(second)).id;
  made.customer = (await api<Made>(page, "POST", "/api/customers", { lastname: `Dragged ${stamp}` })).id;
});

afterAll(async () => {
  const { page } = on;
  await api(page, "DELETE", `/api/customers/${made.customer}`);
  for (const segment of [made.first, made.second]) await api(page, "DELETE", `/api/segments/${segment}`);
  await api(page, "DELETE", `/api/segment-groups/${made.group}`);
});

type Shown = { name: string; since: string; counter: number };

async function memberships(): Promise<Shown[]> {
  const { segments: all } = await api<{ segments: Shown[] }>(on.page, "GET", `/api/customers/${made.customer}`);
  return all;
}

/** Since when, and how often. */
async function membership() {
  const { since, counter } = (await memberships()).find(({ name }) => name === first) ?? {};
  return { since, counter };
}

async function segments(): Promise<string[]> {
  const all = await memberships();
  // The demo's own take everybody in.
  const names = all.map(({ name }) => name).filter((name) => name.endsWith(stamp));
  return names.sort();
}

const offered = () => on.page.getByRole("region", { name: "Segments filled by hand" });
const chip = (name: string) => offered().getByRole("listitem").filter({ hasText: name });
const mine = () => on.page.getByTestId("segments-of-customer");
const row = (name: string) => mine().locator("[draggable=true]").filter({ hasText: name });

async function middle(of: Locator) {
  await of.scrollIntoViewIfNeeded();
  const box = await of.boundingBox();
  if (!box) throw new Error("what is dragged, or dragged to, is not in sight");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function drag(what: Locator, to: Locator) {
  const { mouse } = on.page;
  const { x, y } = await middle(what);
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x + 6, y + 6, { steps: 3 });
  const { x: left, y: top } = await middle(to);
  await mouse.move(left, top, { steps: 12 });
  await mouse.up();
}

test("a segment is dragged to the customer's own, and that can be taken back", async () => {
  const { page } = on;
  await visit(page, `/customers/${made.customer}?tab=segments`);
  await chip(first).waitFor();
  await drag(chip(first), mine());
  await page.getByText(`Added to ${first}.`, { exact: true }).waitFor();
  await row(first).waitFor();
  await chip(first).waitFor({ state: "hidden" });
  expect(await segments()).toEqual([first]);
  await page.getByRole("button", { name: "Undo" }).click();
  await chip(first).waitFor();
  expect(await segments()).toEqual([]);
});

test("it is dragged out again, and that can be taken back too", async () => {
  const { page } = on;
  await drag(chip(first), mine());
  await row(first).waitFor();
  const before = await membership();
  await drag(row(first), offered());
  await page.getByText(`Removed from ${first}.`, { exact: true }).waitFor();
  await chip(first).waitFor();
  expect(await segments()).toEqual([]);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await row(first).waitFor();
  expect(await segments()).toEqual([first]);
  expect(await membership()).toEqual(before);
});

test("let go elsewhere, or where it was, nothing happens", async () => {
  const { page } = on;
  await drag(chip(second), page.getByRole("heading", { level: 1 }));
  await drag(chip(second), offered());
  await drag(row(first), mine());
  await page.reload();
  await chip(second).waitFor();
  expect(await segments()).toEqual([first]);
});

test("while one is held, its goal is marked", async () => {
  const { page } = on;
  const { x, y } = await middle(chip(second));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 10, y + 4, { steps: 3 });
  await page.locator(".segment-zone[data-takes]").waitFor();
  const { x: left, y: top } = await middle(mine());
  await page.mouse.move(left, top, { steps: 8 });
  await page.locator(".segment-zone[data-over]").waitFor();
  await expectPresentable(page, "customer-segments-dragged");
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await page.locator(".segment-zone[data-takes]").waitFor({ state: "detached" });
  expect(await segments()).toEqual([first]);
});

test("the keyboard chooses and removes", async () => {
  const { page } = on;
  await page.getByRole("combobox", { name: "Add to a segment" }).focus();
  await page.keyboard.type(second);
  await page.getByRole("option", { name: second }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await row(second).waitFor();
  expect(await segments()).toEqual([first, second]);
  await expectPresentable(page, "customer-segments");
  await page.getByRole("button", { name: `Remove from ${first}` }).focus();
  await page.keyboard.press("Enter");
  await chip(first).waitFor();
  expect(await segments()).toEqual([second]);
});
