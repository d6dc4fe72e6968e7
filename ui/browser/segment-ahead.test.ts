// Looking ahead at a segment: its parts one after the other, who is in others too, one customer tested, who will leave when.
import { expect, test } from "vitest";
import { api, expectAccessible, figure, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Made = { id: number };
type Forecast = { size: number; days: { leaving: number }[] };
let group: number;
let segment: number;
const groupName = `Browser ahead ${stamp}`;
const email = `ahead.${stamp}@example.org`;
/** Everybody with an activity in the last days: time alone takes them out again, one by one. */
const condition = {
  all: [
    { fact: "field", name: "active", op: "eq", value: true },
    { fact: "activity", op: "gte", value: 1, within: "30d" },
  ],
};

test("each part of a condition says how many it leaves", async () => {
  const { page } = on;
  group = (await api<Made>(page, "POST", "/api/segment-groups", { name: groupName, calculated: true })).id;
  await visit(page, `/segments/new?group=${group}&filter=${encodeURIComponent(JSON.stringify(condition))}`);
  const steps = page.getByRole("list", { name: "Who is left after each part" }).getByRole("listitem");
  await steps.nth(1).waitFor();
  const last = figure(await steps.nth(1).locator(".figures").last().textContent());
  expect(last).toBe(figure(await page.getByTestId("live-count").textContent()));
  expect(await steps.nth(1).textContent()).toMatch(/any activity at least 1 time in the last 30 days/);
  await page.getByText("any of these", { exact: true }).first().click();
  await page.getByRole("list", { name: "Who is reached by each part" }).waitFor();
  await page.getByText("all of these", { exact: true }).first().click();
});

test("it is held against another segment", async () => {
  const { page } = on;
  const { items } = await api<{ items: { name: string; size: number }[] }>(page, "GET", "/api/segments?limit=500");
  const other = items.find(({ size }) => size > 0);
  expect(other).toBeDefined();
  await page.getByRole("combobox", { name: "Overlap with other segments" }).fill(other?.name ?? "");
  await page.getByRole("option", { name: other?.name, exact: true }).click();
  await page.keyboard.press("Escape");
  await page.getByText(/% of those who match, .* of its members/).waitFor();
  await shoot(page, "segment-overlap");
});

test("one customer is tested while it is written, with a reason for each part", async () => {
  const { page } = on;
  const { id } = await api<Made>(page, "POST", "/api/customers", { email, firstname: "Ahead", lastname: stamp });
  await page.getByRole("combobox", { name: "Customer" }).fill(email);
  await page.getByRole("option", { name: new RegExp(email) }).click();
  await page.getByText("The condition does not hold").waitFor();
  await page.getByText("found: yes").waitFor();
  await page.getByText("any of these", { exact: true }).first().click();
  await page.getByText("The condition holds").waitFor();
  await page.getByText("One of these must hold:").scrollIntoViewIfNeeded();
  await shoot(page, "segment-trial");
  await expectAccessible(page, "the segment builder with steps, overlap and a test");
  await api(page, "DELETE", `/api/customers/${id}`);
});

test("a forecast says how many leave on which day, as a picture and as a table", async () => {
  const { page } = on;
  const body = { groupId: group, name: `Browser ahead ${stamp}`, calculated: true, condition };
  segment = (await api<Made>(page, "POST", "/api/segments", body)).id;
  await expect
    .poll(async () => (await api<{ building: boolean }>(page, "GET", `/api/segments/${segment}`)).building)
    .toBe(false);
  const forecast = await api<Forecast>(page, "GET", `/api/segments/${segment}/forecast?days=90`);
  const leaving = forecast.days.reduce((sum, day) => sum + day.leaving, 0);
  expect(leaving).toBeGreaterThan(0);
  await visit(page, `/segments/${segment}`);
  await page.getByRole("tab", { name: "Outlook" }).click();
  await page.getByText("90 days", { exact: true }).click();
  await page.getByRole("img", { name: /members leave in 90 days/ }).waitFor();
  expect(page.url()).toContain("days=90");
  expect(figure((await page.getByText(/members leave within 90 days/).textContent())?.split(" of ")[0] ?? "")).toBe(
    leaving,
  );
  await shoot(page, "segment-forecast");
  const views = page.getByRole("radiogroup", { name: "Picture or table", exact: true });
  await views.getByText("Table", { exact: true }).click();
  const rows = page.getByRole("table", { name: "Who will leave" }).getByRole("row");
  expect(await rows.count()).toBe(1 + forecast.days.filter((day) => day.leaving > 0).length);
  const remaining = figure(await rows.last().getByRole("cell").last().textContent());
  expect(remaining).toBe(forecast.size - leaving);
  await shoot(page, "segment-forecast-table");
  await expectAccessible(page, "the forecast");
  await api(page, "DELETE", `/api/segments/${segment}`);
  await api(page, "DELETE", `/api/segment-groups/${group}`);
});
