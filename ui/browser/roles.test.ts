// A role of one's own: made from the table, given to somebody new, who sees and may do only what it allows; changed, and taken away.
import type { Browser, Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { api, expectPresentable, refused, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Service ${stamp}`;
const email = `service.${stamp}@example.org`;
const password = `right password ${stamp}`;
let theirs: Page | undefined;
afterAll(async () => theirs?.context().close());

const box = (label: string) => on.page.getByRole("checkbox", { name: new RegExp(`^${label} –`) });

async function signedIn(email: string): Promise<Page> {
  const browser = on.page.context().browser() as Browser;
  const context = await browser.newContext({
    locale: "en-US",
    reducedMotion: "reduce",
    viewport: { width: 1360, height: 850 },
  });
  const page = await context.newPage();
  const answer = await page.context().request.post(`${inject("url")}/api/session`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  return page;
}

/** The status of an answer to whoever is signed in on this page. */
async function status(page: Page, method: string, path: string, body?: unknown): Promise<number> {
  const url = inject("url");
  const session = await page.context().request.get(`${url}/api/session`);
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  const headers = { "x-csrf-token": csrfToken, "content-type": "application/json" };
  return (await page.context().request.fetch(`${url}${path}`, { method, data: body, headers })).status();
}

test("roles are listed, and the built-in ones are locked", async () => {
  const { page } = on;
  await visit(page, "/roles");
  await page.getByRole("link", { name: "Administrator" }).waitFor();
  await expectPresentable(page, "roles");
  await page.getByRole("link", { name: "Viewer", exact: true }).click();
  await page.getByText("This role is built in and stays as it is.").waitFor();
  expect(await box("Customers: Look").isChecked()).toBe(true);
  expect(await box("Customers: Look").isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Save", exact: true }).count()).toBe(0);
  await expectPresentable(page, "role-built-in");
});

test("a role is made: to change something is to look at it too", async () => {
  const { page } = on;
  await visit(page, "/companies");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/Find customers, segments, rules/).fill("new role");
  await page.getByRole("dialog").getByRole("button", { name: "New role" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "New role" }).waitFor();
  await box("Customers: Change").check();
  expect(await box("Customers: Look").isChecked()).toBe(true);
  await box("Activities: Look").check();
  await box("Duplicates: Change").check();
  expect(await box("Duplicates: Look").isChecked()).toBe(true);
  await box("Duplicates: Look").uncheck();
  expect(await box("Duplicates: Change").isChecked()).toBe(false);
  await page.getByRole("button", { name: "Create role" }).click();
  await refused(page.getByRole("textbox", { name: "Name" }));
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Description" }).fill("Answers the phone");
  await expectPresentable(page, "role-new");
  await page.getByRole("button", { name: "Create role" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByText(/^3 of \d+ things$/).waitFor();
  await row.getByText("nobody has it").waitFor();
});

test("it is given to a new user", async () => {
  const { page } = on;
  await visit(page, "/users");
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Mail address").fill(email);
  await dialog.getByRole("textbox", { name: "Name" }).fill("Sara Service");
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name }).click();
  await dialog.getByText("Answers the phone").waitFor();
  await dialog.getByRole("textbox", { name: "Password" }).fill(password);
  await dialog.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("row").filter({ hasText: email }).getByText(name).waitFor();
  await visit(page, "/roles");
  await page.getByRole("row").filter({ hasText: name }).getByRole("link", { name: "1 user" }).click();
  await page.getByText(`Only users with the role ${name}`).waitFor();
  await page.getByText(email).waitFor();
  expect(await page.getByRole("row").count()).toBe(2);
  await expectPresentable(page, "users-of-role");
});

test("who has it sees what it allows, and is refused the rest", async () => {
  theirs = await signedIn(email);
  const page = theirs;
  await visit(page, "/");
  const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
  await links.getByText("Companies").waitFor();
  expect(await links.allTextContents()).toEqual(["Dashboard", "Customers", "Companies", "Bulk actions"]);
  await visit(page, "/customers");
  await page.getByRole("row").nth(3).waitFor();
  await page.getByRole("link", { name: "New customer" }).waitFor();
  expect(await page.getByRole("button", { name: "Export" }).count()).toBe(0);
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await expectPresentable(page, "role-customers");
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await page.getByRole("tab", { name: "Attributes" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Delete" }).count()).toBe(0);
  await visit(page, "/customers/new");
  await page.getByLabel("First name").fill("Grace");
  await page.getByRole("button", { name: "Create customer" }).click();
  await page.getByRole("heading", { level: 1, name: "Grace" }).waitFor();
  const customer = new URL(page.url()).pathname.split("/").at(-1);

  for (const [method, path, body] of [
    ["GET", "/api/segments"],
    ["GET", "/api/rules"],
    ["GET", "/api/users"],
    ["GET", "/api/roles"],
    ["GET", "/api/audit"],
    ["GET", "/api/exports"],
    ["POST", "/api/exports", { what: "customers", format: "csv" }],
    ["DELETE", `/api/customers/${customer}`],
    ["POST", "/api/bulk", { action: { type: "deactivate" }, customers: [Number(customer)] }],
    ["POST", "/api/saved-views", { name: stamp, shares: [{ role: "viewer" }] }],
  ] as const) {
    expect(await status(page, method, path, body), `${method} ${path}`).toBe(403);
  }
  await visit(page, "/account");
  await page.getByText(`As ${name}`).waitFor();
  await expectPresentable(page, "account-permissions");
});

test("it is changed, with what differs in sight, and counts at once", async () => {
  const { page } = on;
  await visit(page, "/roles");
  await page.getByRole("link", { name }).click();
  await box("Exports: Change").check();
  await box("Activities: Look").uncheck();
  await page.getByText("Allowed now: Take lists of customers out as files").waitFor();
  await page.getByText("No longer allowed: See what customers did").waitFor();
  await page.getByText("It counts for 1 user at once.").waitFor();
  await expectPresentable(page, "role-changed");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("dialog").getByText("Stay here").click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Allowed now:").waitFor({ state: "detached" });
  const other = theirs as Page;
  expect(await status(other, "GET", "/api/exports")).toBe(200);
  expect(await status(other, "GET", "/api/activities")).toBe(403);
  await visit(other, "/customers");
  await other.getByRole("button", { name: "Export" }).waitFor();
});

test("who keeps users gives and takes only what he holds himself", async () => {
  const permissions = ["customers:read", "users:read", "users:write"];
  const kept = await api<{ key: string }>(on.page, "POST", "/api/roles", { name: `Keeper ${stamp}`, permissions });
  const keeper = { email: `keeper.${stamp}@example.org`, name: "Kim Keeper", role: kept.key, password };
  await api(on.page, "POST", "/api/users", keeper);
  await api(on.page, "POST", "/api/api-keys", { name: `Strong ${stamp}`, scopes: ["all"] });
  const page = await signedIn(keeper.email);
  try {
    await visit(page, "/users");
    const strong = page.getByRole("row").filter({ hasText: "Administrator" }).first();
    await strong.getByText("Reaches further than you do").waitFor();
    expect(await strong.getByRole("button", { name: /^Edit/ }).isDisabled()).toBe(true);
    expect(await strong.getByRole("button", { name: /^Delete/ }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: `Edit ${keeper.email}` }).waitFor();
    await expectPresentable(page, "users-beyond");
    await page.getByRole("button", { name: "New user" }).click();
    const role = page.getByRole("dialog").getByRole("combobox", { name: "Role" });
    await role.waitFor();
    expect(await role.inputValue()).toBe(`Keeper ${stamp}`);
    await visit(page, "/keys");
    const key = page.getByRole("row").filter({ hasText: `Strong ${stamp}` });
    expect(await key.getByRole("button", { name: /^Revoke/ }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "New API key" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("users:write", { exact: true }).waitFor();
    expect(await dialog.getByText("everything", { exact: true }).count()).toBe(0);
  } finally {
    await page.context().close();
  }
});

test("another one is made from it", async () => {
  const { page } = on;
  await page.getByRole("link", { name: "Duplicate", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New role" }).waitFor();
  expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe(`Copy of ${name}`);
  expect(await box("Exports: Change").isChecked()).toBe(true);
  await page.getByRole("button", { name: "Create role" }).click();
  await page.getByRole("link", { name: `Copy of ${name}` }).waitFor();
});

test("views are shared with it", async () => {
  const { page } = on;
  const view = await api<{ id: number }>(page, "POST", "/api/saved-views", { name: `Of the role ${stamp}` });
  await visit(page, `/customers?view=${view.id}`);
  await page.getByRole("button", { name: `View: Of the role ${stamp}` }).click();
  await page.getByRole("menuitem", { name: "Share …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Share with" }).click();
  await page.getByRole("option", { name: `Everybody: ${name}`, exact: true }).click();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(`Of the role ${stamp} is shared`).waitFor();
  expect(await status(theirs as Page, "GET", `/api/saved-views/${view.id}`)).toBe(200);
});

test("it goes only when whoever has it gets another one", async () => {
  const { page } = on;
  await visit(page, "/roles");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const verb = dialog.getByRole("button", { name: "Delete role" });
  expect(await verb.isDisabled()).toBe(true);
  await dialog.getByRole("combobox", { name: "Who has it gets" }).click();
  await page.getByRole("option", { name: "Viewer", exact: true }).click();
  await expectPresentable(page, "role-remove");
  await verb.click();
  await page.getByText(`Role ${name} deleted`).waitFor();
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
  expect(await status(theirs as Page, "GET", "/api/segments")).toBe(200);
});
