// The command palette: what one writes is found, and Enter opens what one sees, however late it arrives.
import type { Locator, Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { api, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Palette ${stamp}`;
const LATE_MS = 700;

beforeAll(async () => {
  for (const one of ["First", "Second"]) await api(on.page, "POST", "/api/companies", { name: `${name} ${one}` });
});

async function opened(): Promise<Locator> {
  await on.page.keyboard.press("Control+k");
  const search = on.page.getByPlaceholder(/Find customers, segments, rules/);
  await search.waitFor();
  return search;
}

const late = async (route: Route) => {
  await new Promise((passed) => setTimeout(passed, LATE_MS));
  await route.continue();
};

test("the palette finds pages and customers by keyboard alone", async () => {
  const { page } = on;
  await visit(page, "/");
  await page.keyboard.press("Control+k");
  const search = page.getByPlaceholder(/Find customers, segments, rules/);
  await search.fill("jobs");
  await page.getByRole("button", { name: "Jobs" }).waitFor();
  await shoot(page, "palette");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  await page.keyboard.press("Control+k");
  await search.fill("my acc");
  await page.getByRole("button", { name: "My account" }).last().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "My account" }).waitFor();
});

test("the first of what arrives late is chosen", async () => {
  const { page } = on;
  await page.route("**/api/companies?*", late);
  const search = await opened();
  await search.fill(name);
  await page.getByText("Searching …", { exact: true }).waitFor();
  const first = page.getByRole("button", { name: `${name} ` }).first();
  await first.waitFor();
  await expect.poll(() => first.getAttribute("data-selected")).toBe("true");
  const text = (await first.textContent()) ?? "";
  await shoot(page, "palette-late");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: text }).waitFor();
});

test("who is quicker than the server opens what it finds", async () => {
  const { page } = on;
  const search = await opened();
  await search.fill(`${name} Sec`);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `${name} Second` }).waitFor();
  await search.waitFor({ state: "hidden" });
});

test("what one has moved to stays chosen when more arrives", async () => {
  const { page } = on;
  await visit(page, "/");
  const search = await opened();
  await search.fill("compan");
  const compose = page.getByRole("button", { name: "Companies", exact: true }).last();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => compose.getAttribute("data-selected")).toBe("true");
  await page.waitForResponse(/api\/companies\?/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Companies" }).waitFor();
});

test("what no longer fits is not opened", async () => {
  const { page } = on;
  const search = await opened();
  await search.fill(name);
  await page.getByRole("button", { name: `${name} First` }).waitFor();
  await search.fill(`${name} Sec`);
  await page.getByRole("button", { name: `${name} First` }).waitFor({ state: "hidden" });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `${name} Second` }).waitFor();
  await page.unroute("**/api/companies?*", late);
});
