// One's own password: refused where it is wrong, changed by a viewer too, and every other session ends.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { api, expectAccessible, refused, shoot, stage, stamp } from "./stage";

const on = stage();
const email = `password.${stamp}@example.org`;
const old = `old password ${stamp}`;
const fresh = `new password ${stamp}`;
let user: number;
let here: Page;
let elsewhere: Page;

beforeAll(async () => {
  const made = { email, name: "Vera Viewer", role: "viewer", password: old };
  user = (await api<{ id: number }>(on.page, "POST", "/api/users", made)).id;
  here = await signedIn(on.page.context().browser() as Browser, old);
  elsewhere = await signedIn(on.page.context().browser() as Browser, old);
});
afterAll(async () => {
  await api(on.page, "DELETE", `/api/users/${user}`);
  for (const page of [here, elsewhere]) await page.context().close();
});

async function signedIn(browser: Browser, password: string): Promise<Page> {
  const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce" });
  const answer = await context.request.post(`${inject("url")}/api/session`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  const page = await context.newPage();
  await page.goto(`${inject("url")}/admin/customers`);
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  return page;
}

const field = (name: string) => here.getByRole("dialog").getByRole("textbox", { name, exact: true });
const submit = () => here.getByRole("dialog").getByRole("button", { name: "Change password" });

async function fill(current: string, password: string, repeated: string) {
  await field("Current password").fill(current);
  await field("New password").fill(password);
  await field("New password again").fill(repeated);
  await submit().click();
}

test("the new password must be typed twice alike", async () => {
  await here.getByRole("button", { name: /language, appearance, account, sign out/ }).click();
  await here.getByRole("link", { name: "My account" }).click();
  await here.getByRole("button", { name: "Change password" }).click();
  await field("Current password").waitFor();
  expect(await submit().last().isDisabled()).toBe(true);
  await fill(old, fresh, `${fresh}?`);
  await here.getByText("This is not the new password.").waitFor();
});

test("a wrong password is refused at its field, and so is a short one", async () => {
  await fill("not the old one", fresh, fresh);
  await refused(field("Current password"));
  await shoot(here, "password-wrong");
  await expectAccessible(here, "changing the password");
  await fill(old, "short", "short");
  await refused(field("New password"));
});

test("the right one changes it, and only other sessions end", async () => {
  await fill(old, fresh, fresh);
  await here.getByText("Your password was changed.").waitFor();
  const opener = here.getByRole("button", { name: "Change password" });
  await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);
  await here.getByRole("link", { name: "Segments", exact: true }).click();
  await here.getByRole("heading", { level: 1, name: "Segments" }).waitFor();
  await elsewhere.reload();
  await elsewhere.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  await (await signedIn(on.page.context().browser() as Browser, fresh)).context().close();
});
