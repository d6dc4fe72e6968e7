// Signing in as a whole: one's own sessions, a second factor from the first code to the last, and what keepers of users see of it.
import { createHmac } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { api, expectAccessible, expectPresentable, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const email = `access.${stamp}@example.org`;
const password = `right password ${stamp}`;
const STEP_MS = 30_000;
let user: number;
let here: Page;
let elsewhere: Page;
let secret: string;
let recovery: string[];

beforeAll(async () => {
  const made = { email, name: "Vera Viewer", role: "viewer", password };
  user = (await api<{ id: number }>(on.page, "POST", "/api/users", made)).id;
  here = await signedIn();
  elsewhere = await signedIn();
});
afterAll(async () => {
  await api(on.page, "DELETE", `/api/users/${user}`);
  for (const page of [here, elsewhere]) await page.context().close();
});

async function fresh(): Promise<Page> {
  const browser = on.page.context().browser() as Browser;
  const viewport = { width: 1360, height: 850 };
  return (await browser.newContext({ locale: "en-US", reducedMotion: "reduce", viewport })).newPage();
}

async function signedIn(): Promise<Page> {
  const page = await fresh();
  const answer = await page.context().request.post(`${inject("url")}/api/session`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  await visit(page, "/account");
  return page;
}

/** What an authenticator app with this secret shows at this time (RFC 6238). */
function code(at = Date.now()): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((char) => alphabet.indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const tag = createHmac("sha1", key).update(step).digest();
  const number = tag.readUInt32BE((tag[19] as number) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function givePassword(page: Page) {
  await page.goto(`${inject("url")}/admin/login`);
  await page.getByLabel("Mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Second factor" }).waitFor();
}

test("one sees where one is signed in, and ends what is elsewhere", async () => {
  await visit(here, "/account");
  await here.getByText("this one", { exact: true }).waitFor();
  expect(await here.getByRole("listitem").filter({ hasText: "last used" }).count()).toBe(2);
  await expectPresentable(here, "account");
  await here.getByRole("button", { name: "Sign out everywhere else" }).click();
  await here.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  await here.getByText("Signed out.").waitFor();
  await elsewhere.reload();
  await elsewhere.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  expect(await here.getByRole("listitem").filter({ hasText: "last used" }).count()).toBe(1);
});

test("a second factor is set up with the password and a first code", async () => {
  await here.getByRole("button", { name: "Set up" }).click();
  const dialog = here.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Password" }).fill("not the password");
  await dialog.getByRole("button", { name: "Next" }).click();
  await refused(dialog.getByRole("textbox", { name: "Password" }));
  await dialog.getByRole("textbox", { name: "Password" }).fill(password);
  await dialog.getByRole("button", { name: "Next" }).click();
  secret = ((await dialog.getByTestId("totp-secret").textContent()) ?? "").replaceAll(" ", "");
  const picture = dialog.getByRole("img", { name: "QR code of the secret below" });
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expectPresentable(here, "second-factor-set-up");
  const field = dialog.getByRole("textbox", { name: "Code that the app shows" });
  await field.fill(code(Date.now() - 10 * STEP_MS));
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await refused(field);
  await field.fill(code());
  await dialog.getByRole("button", { name: "Switch on" }).click();
  recovery = ((await here.getByTestId("recovery-codes").textContent()) ?? "").split("\n");
  expect(recovery).toHaveLength(10);
  // The dialog before takes a moment to go.
  await expect.poll(() => here.getByRole("dialog").count()).toBe(1);
  await shoot(here, "recovery-codes");
  await expectAccessible(here, "recovery codes");
  await here.getByRole("button", { name: "I have kept them" }).click();
  await here.getByText("10 recovery codes left").waitFor();
  await expectPresentable(here, "account-second-factor");
});

test("from then on the door asks for a code", async () => {
  await givePassword(elsewhere);
  const field = elsewhere.getByRole("textbox", { name: "Code" });
  await expectPresentable(elsewhere, "sign-in-code");
  await field.fill("000000");
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await refused(field);
  await field.fill(code(Date.now() + STEP_MS));
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByRole("navigation", { name: "Pages" }).waitFor();
});

test("a recovery code opens it too", async () => {
  await givePassword(elsewhere);
  await elsewhere.getByRole("button", { name: "Use a recovery code instead" }).click();
  await elsewhere.getByRole("textbox", { name: "Recovery code" }).fill(recovery[0] as string);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await elsewhere.getByRole("navigation", { name: "Pages" }).waitFor();
  await visit(elsewhere, "/account");
  await elsewhere.getByText("9 recovery codes left").waitFor();
});

test("who keeps users sees it, and takes it from somebody who has lost it", async () => {
  await visit(on.page, "/users");
  const row = on.page.getByRole("row").filter({ hasText: "Vera Viewer" }).filter({ hasText: email });
  await row.getByText("password, second factor").waitFor();
  await expectPresentable(on.page, "users-access");
  await row.getByRole("button", { name: `More for ${email}` }).click();
  await on.page.getByRole("menuitem", { name: "Take the second factor away" }).click();
  await on.page.getByRole("dialog").getByRole("button", { name: "Take the second factor away" }).click();
  await row.getByText("no sessions").waitFor();
  await elsewhere.reload();
  await elsewhere.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
});

test("who must have a second factor is led to it before anything else", async () => {
  const page = await signedIn();
  await page.route("**/api/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      json: { ...(await answer.json()), owesSecondFactor: true, permissions: [] },
    });
  });
  await page.goto(`${inject("url")}/admin/segments`);
  await page.getByRole("heading", { level: 1, name: "My account" }).waitFor();
  await page.getByText("Set up a second factor first").waitFor();
  await expectAccessible(page, "the account of who owes a second factor");
  await shoot(page, "account-owed");
  await page.context().close();
});

test("the door offers the provider and says why its way did not lead in", async () => {
  const page = await fresh();
  await page.route("**/api/session/ways", (route) =>
    route.fulfill({ json: { passwords: true, provider: "Sign in with Example" } }),
  );
  await page.goto(`${inject("url")}/admin/login?problem=email_not_verified&back=%2Fsegments`);
  const button = page.getByRole("link", { name: "Sign in with Example" });
  expect(await button.getAttribute("href")).toBe("/api/oidc/start?to=%2Fsegments");
  await page.getByText("has not confirmed your mail address").waitFor();
  await expectPresentable(page, "sign-in-provider");
  await page.goto(`${inject("url")}/admin/login?back=%2Fsegments#step=00`);
  await page.reload();
  await page.getByRole("textbox", { name: "Code" }).fill("123456");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("That took too long. Please sign in again.").waitFor();
  await page.context().close();
});
