// The way in: refused with a wrong password, back to where one wanted to go with the right one, and in one's own language.
import { expect, inject, test } from "vitest";
import { shoot, stage } from "./stage";

const on = stage({ signedIn: false });

test("a wrong password is refused in words", async () => {
  const { page } = on;
  await page.goto(`${inject("url")}/admin/customers?q=an`);
  await page.getByLabel("Mail address").fill(inject("login").email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Mail address or password is wrong.").waitFor();
  await shoot(page, "sign-in");
});

test("the right password leads to the page one came for", async () => {
  const { page } = on;
  await page.getByRole("textbox", { name: "Password" }).fill(inject("login").password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  expect(page.url()).toContain("/admin/customers?q=an");
});

test("the app speaks German when asked, and remembers it", async () => {
  const { page } = on;
  await page.getByRole("button", { name: /language, appearance, account, sign out/ }).click();
  await page.getByText("Deutsch").click();
  await page.getByRole("heading", { level: 1, name: "Kunden" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Kunden" }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  await shoot(page, "customers-german");
});

test("signing out leads to the door", async () => {
  const { page } = on;
  await page.getByRole("button", { name: /Sprache, Darstellung, Konto, Abmelden/ }).click();
  await page.getByRole("button", { name: "Abmelden", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Anmelden" }).waitFor();
});
