// Saved views: kept, changed and gone back to, put into the menu, shared with somebody who may only look, deleted and had back; columns by keyboard and mouse.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { api, expectAccessible, expectPresentable, refused, settled, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const view = `Vienna ${stamp}`;
const reader = { email: `reader.${stamp}@example.org`, name: `Rita ${stamp}`, password: "correct horse battery" };
let theirs: BrowserContext | undefined;
afterAll(async () => theirs?.close());

const menu = (page: Page) => page.getByRole("button", { name: /^(Views|View: .*)$/ });
const headers = async (page: Page) => {
  const all = await page.getByRole("table", { name: "Customers" }).getByRole("columnheader").allTextContents();
  // The first one has the box that chooses all who are listed.
  return all.slice(1).map((text) => text.trim());
};
const choose = async (page: Page, item: string | RegExp) => {
  await menu(page).click();
  await page.getByRole("menuitem", { name: item }).click();
};
const panel = () => on.page.getByRole("dialog", { name: "Choose columns" });

test("columns are shown, moved and hidden with the keyboard alone", async () => {
  const { page } = on;
  await visit(page, "/customers");
  await settled(on);
  expect(await headers(page)).toEqual(["Name", "Mail", "City", "Country", "Segments", "Created"]);
  await page.getByRole("button", { name: "Choose columns" }).focus();
  await page.keyboard.press("Enter");
  await panel().getByRole("button", { name: "Show Postcode" }).focus();
  await page.keyboard.press("Enter");
  await expect
    .poll(() => headers(page))
    .toEqual(["Name", "Mail", "City", "Country", "Segments", "Created", "Postcode"]);
  const up = panel().getByRole("button", { name: "Move City forward" });
  await up.focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await headers(page)).slice(0, 3)).toEqual(["Name", "City", "Mail"]);
  expect(await up.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(async () => (await headers(page)).slice(0, 3)).toEqual(["Name", "Mail", "City"]);
  await panel().getByRole("button", { name: "Hide Country" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => headers(page)).toEqual(["Name", "Mail", "City", "Segments", "Created", "Postcode"]);
  await expectPresentable(page, "views-columns");
  await page.keyboard.press("Escape");
  await page.reload();
  await expect.poll(() => headers(page)).toEqual(["Name", "Mail", "City", "Segments", "Created", "Postcode"]);
});

test("columns are dragged to their place, and custom fields are among them", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Choose columns" }).click();
  const row = (label: string) => panel().locator("li[draggable]").filter({ hasText: label });
  await row("Postcode").dragTo(row("Mail"));
  await expect.poll(async () => (await headers(page)).indexOf("Postcode")).toBe(1);
  const field = (await api<{ items: { name: string; label: string }[] }>(page, "GET", "/api/fields?limit=1")).items[0];
  if (!field) throw new Error("the demo has no custom field");
  await panel().getByLabel("Find a column").fill(field.label);
  await panel()
    .getByRole("button", { name: `Show ${field.label}` })
    .first()
    .click();
  await expect.poll(async () => (await headers(page)).at(-1)).toBe(field.label);
  await panel().getByRole("button", { name: "Usual columns" }).click();
  await expect.poll(() => headers(page)).toEqual(["Name", "Mail", "City", "Country", "Segments", "Created"]);
  await page.keyboard.press("Escape");
});

test("columns are made wider and narrower by mouse and keyboard, and that is kept", async () => {
  const { page } = on;
  const edge = page.getByRole("separator", { name: "Width of City" });
  const width = async () => (await page.getByRole("columnheader", { name: "City" }).boundingBox())?.width ?? 0;
  const automatic = await width();
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBeCloseTo(automatic + 16, -1);
  const box = await edge.boundingBox();
  if (!box) throw new Error("the edge of the column is not in sight");
  await page.mouse.move(box.x + 4, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 64, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBeCloseTo(automatic + 76, -1);
  await edge.focus();
  expect(await edge.getAttribute("aria-valuetext")).toMatch(/^\d+ pixels$/);
  await expectPresentable(page, "views-widths");
  await page.reload();
  await expect.poll(width).toBeCloseTo(automatic + 76, -1);
  await edge.dblclick();
  await expect.poll(() => edge.getAttribute("aria-valuetext")).toBe("automatic");
  await expect.poll(width).toBeCloseTo(automatic, -1);
});

test("the list as it is looked at is kept under a name", async () => {
  const { page } = on;
  await page.getByLabel("Search customers").fill("Wien");
  await expect.poll(() => page.url()).toContain("q=Wien");
  await page.getByRole("button", { name: "Compact rows" }).click();
  await choose(page, "Save as new view …");
  await page.getByRole("dialog").getByLabel("Name").fill(" ");
  await page.getByRole("button", { name: "Save view" }).click();
  await refused(page.getByRole("dialog").getByLabel("Name"));
  await page.getByRole("dialog").getByLabel("Name").fill(view);
  await expectPresentable(page, "views-new");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  expect(page.url()).toMatch(/view=\d+$/);
  expect(await page.getByLabel("Search customers").inputValue()).toBe("Wien");
});

test("what is changed about it is marked, gone back on, and saved", async () => {
  const { page } = on;
  const mark = page.getByText("Changed", { exact: true });
  await page.getByRole("button", { name: "City", exact: true }).click();
  await mark.waitFor();
  await expectPresentable(page, "views-changed");
  await page.getByRole("button", { name: "Go back" }).click();
  await mark.waitFor({ state: "detached" });
  expect(page.url()).toMatch(/view=\d+$/);
  await page.getByRole("button", { name: "Comfortable rows" }).click();
  await page.getByRole("button", { name: "City", exact: true }).click();
  await page.reload();
  await mark.waitFor();
  await page.getByRole("button", { name: "Save view" }).click();
  await mark.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  await page.getByRole("button", { name: "Compact rows" }).waitFor();
  expect(await page.getByRole("columnheader", { name: "City" }).getAttribute("aria-sort")).toBe("ascending");
});

test("it is called otherwise, and stands in the menu of the app", async () => {
  const { page } = on;
  await choose(page, "Rename …");
  await page.getByRole("dialog").getByLabel("Description").fill("For the weekly call");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(`View ${view} saved`).last().waitFor();
  await choose(page, "Add to my menu");
  const shortcut = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: view });
  await shortcut.waitFor();
  await visit(page, "/companies");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/Find customers, segments, rules/).fill(view.toLowerCase());
  await page.getByRole("dialog").getByRole("button", { name: view }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  await visit(page, "/companies");
  await shortcut.click();
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  await settled(on);
  await menu(page).click();
  await page.getByRole("menuitem", { name: "Take out of my menu" }).waitFor();
  await shoot(page, "views-menu");
  await expectAccessible(page, "the menu of views");
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  await expectPresentable(page, "views-open");
});

test("it is shared with somebody, who sees it and cannot change it", async () => {
  const { page } = on;
  await api(page, "POST", "/api/users", { ...reader, role: "viewer" });
  await page.reload();
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  await choose(page, "Share …");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Share with" }).fill(reader.name);
  await page.getByRole("option", { name: reader.name }).click();
  await dialog.getByRole("combobox", { name: `What ${reader.name} may do` }).waitFor();
  expect(await dialog.getByRole("combobox", { name: "Share with" }).inputValue()).toBe("");
  await expectPresentable(page, "views-share");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(`${view} is shared`).waitFor();

  const other = await signedIn();
  await visit(other, "/customers");
  await choose(other, new RegExp(view));
  await other.getByRole("button", { name: `View: ${view}` }).waitFor();
  expect(await other.getByLabel("Search customers").inputValue()).toBe("Wien");
  await menu(other).click();
  await other.getByText(/you may look at it/).waitFor();
  expect(await other.getByRole("menuitem", { name: /Rename|Share|Delete/ }).count()).toBe(0);
  await shoot(other, "views-shared-reader");
  await expectAccessible(other, "the menu of views of somebody who may only look");
  await other.keyboard.press("Escape");
  await other.getByRole("button", { name: /^(Compact|Comfortable) rows$/ }).click();
  await other.getByText("Changed", { exact: true }).waitFor();
  expect(await other.getByRole("button", { name: "Save view" }).count()).toBe(0);
  await other.getByRole("button", { name: "Save as new view …" }).waitFor();
});

test("it is deleted, and had back", async () => {
  const { page } = on;
  await choose(page, "Delete view");
  await page.getByText(`View ${view} deleted`).waitFor();
  await page.getByRole("button", { name: "Views", exact: true }).waitFor();
  const other = theirs?.pages()[0];
  await other?.reload();
  await other?.getByText("This view is not there").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: `View: ${view}` }).waitFor();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: view }).waitFor();
  await choose(page, "Delete view");
  await page.getByText(`View ${view} deleted`).last().waitFor();
});

/** A page of the one it is shared with. */
async function signedIn(): Promise<Page> {
  const browser = on.page.context().browser();
  if (browser === null) throw new Error("the page belongs to no browser");
  theirs = await browser.newContext({
    viewport: { width: 1360, height: 850 },
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const { email, password } = reader;
  const answer = await theirs.request.post(`${inject("url")}/api/session`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  return theirs.newPage();
}
