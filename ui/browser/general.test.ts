// General settings: the steps of saving, required fields and duplicates, refused at their place, and someone else's change.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectAccessible, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Settings = { timeZone: string; savePipeline: { steps: { step: string; enabled: boolean; options: object }[] } };
let before: Settings;

const read = () => api<Settings>(on.page, "GET", "/api/settings");
const form = (page: Page) => page.locator("main form");
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });
/** Saves and waits until the form stands on what was saved. */
async function keep(page: Page) {
  await save(page).click();
  await page.locator("main form button[type=submit]:disabled:not([data-loading])").waitFor();
}

beforeAll(async () => {
  before = await read();
});
afterAll(async () => {
  await api(on.page, "PATCH", "/api/settings", before);
});

test("the time zone is found by typing and kept", async () => {
  const { page } = on;
  await visit(page, "/settings");
  const zone = form(page).getByRole("combobox", { name: "Time zone" });
  await zone.fill("lisbon");
  await page.getByRole("option", { name: "Europe/Lisbon" }).click();
  await keep(page);
  expect((await read()).timeZone).toBe("Europe/Lisbon");
});

test("without a choice it is the server's own again, and says which", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Go back to the server’s own time zone" }).click();
  await keep(page);
  const { timeZone } = await read();
  expect(timeZone).not.toBe("Europe/Lisbon");
  await expect.poll(() => form(page).getByRole("combobox", { name: "Time zone" }).inputValue()).toBe(timeZone);
});

test("steps are switched off, moved by keyboard, and given options", async () => {
  const { page } = on;
  await page.getByRole("switch", { name: /^Clean mail addresses/ }).click({ force: true });
  const down = page.getByRole("button", { name: "Move down: Clean mail addresses" });
  await down.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  expect(await down.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.getByRole("button", { name: "Add salutation" }).click();
  await page.getByRole("textbox", { name: "Salutation is" }).last().fill(`Frau ${stamp}`);
  await page.getByRole("combobox", { name: "Gender becomes" }).last().fill("female");
  await keep(page);
  const { steps } = (await read()).savePipeline;
  expect(steps.slice(0, 3)).toMatchObject([
    { step: "normalize_zip", enabled: true },
    { step: "salutation_to_gender", options: { map: { [`Frau ${stamp}`]: "female", mr: "male" } } },
    { step: "clean_email", enabled: false },
  ]);
});

test("what is wrong is said at its place", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Add copy rule" }).click();
  await page.getByRole("button", { name: "Add combination" }).first().click();
  await save(page).click();
  await refused(page.getByRole("combobox", { name: "Copy" }));
  await form(page).getByText("Choose at least one field").waitFor();
  await shoot(page, "settings-general-wrong");
  await expectAccessible(page, "/settings with problems");
});

test("corrected, it is taken", async () => {
  const { page } = on;
  await page.getByRole("combobox", { name: "Copy" }).click();
  await page.getByRole("option", { name: "Phone" }).click();
  await page.getByRole("combobox", { name: "to", exact: true }).click();
  await page.getByRole("option", { name: "Street" }).click();
  await page.getByRole("combobox", { name: "Combination 1" }).click();
  await page.getByRole("option", { name: "Mail address", exact: true }).click();
  await page.keyboard.press("Escape");
  await keep(page);
  expect((await read()).savePipeline).toMatchObject({ requiredFields: [["email"]] });
});

test("someone else's change in between is not overwritten unasked", async () => {
  const { page } = on;
  await page.getByRole("switch", { name: /^Refuse certain duplicates/ }).click({ force: true });
  await api(page, "PATCH", "/api/settings", { timeZone: "Europe/Madrid" });
  await save(page).click();
  await page.getByText("Someone else changed this", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Load theirs" }).click();
  await expect.poll(() => form(page).getByRole("combobox", { name: "Time zone" }).inputValue()).toBe("Europe/Madrid");
});

test("leaving with unsaved changes is asked about", async () => {
  const { page } = on;
  await page.getByRole("textbox", { name: "Blocked mail addresses" }).fill("nobody@example.com");
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await page.getByText("You have changes that are not saved.").waitFor();
  await page.getByRole("button", { name: "Leave without saving" }).click();
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
});
