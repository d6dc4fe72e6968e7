// Webhooks: one is made, tested and seen delivered, an endpoint that fails is told of, secrets are shown once, and viewers only look.
import { createHmac } from "node:crypto";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Endpoint, type Received, startEndpoint } from "./endpoint";
import { api, expectAccessible, expectPresentable, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Made = { id: number };
type Webhook = { id: number; name: string; active: boolean; headers: Record<string, string>; version: number };
const name = `Browser shop ${stamp}`;
const viewer = { email: `webhooks.${stamp}@example.org`, password: `a long password ${stamp}` };
let endpoint: Endpoint;
let secret: string;
let viewerId: number;
let rule: Made;
const ruleName = `Browser tells ${stamp}`;

const drawer = () => on.page.getByRole("dialog");
const find = async () => {
  const { items } = await api<{ items: Webhook[] }>(on.page, "GET", "/api/webhooks?limit=200");
  return items.find((webhook) => webhook.name === name);
};
const open = async (tab = "definition") => visit(on.page, `/webhooks/${(await find())?.id}?tab=${tab}`);

beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(async () => {
  const left = await find();
  if (left) await api(on.page, "DELETE", `/api/webhooks/${left.id}`);
  if (viewerId) await api(on.page, "DELETE", `/api/users/${viewerId}`);
  await endpoint.close();
});

test("what is wrong is said at its place", async () => {
  const { page } = on;
  await visit(page, "/webhooks");
  await page.getByRole("link", { name: "New webhook" }).first().click();
  await page.getByRole("heading", { level: 1, name: "New webhook" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Address").fill("shop.example.org");
  await page.getByLabel("Time-out in seconds").fill("31");
  await page.getByRole("button", { name: "Add header" }).press("Enter");
  await page.keyboard.type("Authorization");
  await page.getByLabel("Value").first().fill("Bearer x");
  await page.getByRole("button", { name: "Add header" }).click();
  await page.keyboard.type("Host");
  await page.getByLabel("Value").nth(1).fill("elsewhere");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await refused(page.getByLabel("Address"));
  await refused(page.getByLabel("Time-out in seconds"));
  await refused(page.getByLabel("Header", { exact: true }).nth(1));
  await page.getByText("this header is set by Regulars").waitFor();
  await expectPresentable(page, "webhook-wrong");
});

test("the same header twice is refused before one of them is lost", async () => {
  const { page } = on;
  await page.getByLabel("Header", { exact: true }).nth(1).fill("authorization");
  await page.getByText("This header stands above already.").waitFor();
  expect(await page.getByRole("button", { name: "Create webhook" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Remove header authorization", exact: true }).press("Enter");
});

test("corrected, it is made, and its secret is shown once", async () => {
  const { page } = on;
  await page.getByLabel("Address").fill(endpoint.url);
  await page.getByLabel("Time-out in seconds").fill("5");
  await page.getByRole("button", { name: "Create webhook" }).click();
  const shown = page.getByTestId("webhook-secret");
  await shown.waitFor();
  secret = (await shown.textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  await expectAccessible(page, "the secret of a webhook");
  await shoot(page, "webhook-secret");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
  expect(await page.getByText(secret).count()).toBe(0);
  expect(await find()).toMatchObject({ active: true, headers: { authorization: "Bearer x" } });
});

test("a test is delivered, signed, and seen to arrive", async () => {
  const { page } = on;
  endpoint.answer = { status: 200, text: "thank you" };
  await page.getByRole("button", { name: "Send a test" }).click();
  await drawer().getByText("The endpoint has taken it.").waitFor();
  await drawer().getByText("thank you").waitFor();
  await drawer().getByText("This is a test.").waitFor();
  const last = endpoint.received.at(-1);
  expect(last?.headers.authorization).toBe("Bearer x");
  expect(last && isSigned(last, secret)).toBe(true);
  await expectPresentable(page, "webhook-delivery");
  await page.keyboard.press("Escape");
  await page.getByRole("table", { name: "Deliveries" }).getByText("delivered", { exact: true }).waitFor();
});

test("what has ended is delivered again on demand", async () => {
  const { page } = on;
  const before = endpoint.received.length;
  await page.getByRole("link", { name: /^Delivery \d+, webhook\.test/ }).click();
  await drawer().getByRole("button", { name: "Deliver again" }).click();
  await expect.poll(() => endpoint.received.length, { timeout: 15_000 }).toBeGreaterThan(before);
  await drawer().getByText("The endpoint has taken it.").waitFor();
  await drawer().getByRole("list", { name: "Attempts" }).getByRole("listitem").nth(1).waitFor();
  expect(endpoint.received.at(-1)?.headers["webhook-id"]).toBe(endpoint.received.at(-2)?.headers["webhook-id"]);
});

test("an endpoint that fails: the attempt says so, and when it is tried next", async () => {
  const { page } = on;
  endpoint.answer = { status: 500, text: "out of order" };
  await open("deliveries");
  await page.getByRole("button", { name: "Send a test" }).click();
  const attempt = drawer().getByRole("list", { name: "Attempts" }).getByRole("listitem").first();
  await attempt.getByText("500", { exact: true }).waitFor();
  await drawer().getByText("out of order").waitFor();
  await drawer().getByText("It waits for its first or next attempt.").waitFor();
  expect(await drawer().getByRole("button", { name: "Deliver again" }).count()).toBe(0);
  await expectPresentable(page, "webhook-delivery-failed");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "waiting" }).click();
  await expect.poll(() => page.url()).toContain("state=planned");
  await expect.poll(() => page.getByRole("table", { name: "Deliveries" }).locator("tbody tr").count()).toBe(1);
  await expectPresentable(page, "webhook-deliveries");
});

test("what fails again and again is left alone, as the page and the list say", async () => {
  const { page } = on;
  const id = (await find())?.id;
  for (let nth = 0; nth < 5; nth += 1) await api(page, "POST", `/api/webhooks/${id}/test`, {});
  await open();
  await page.getByText("The endpoint is left alone for a while").waitFor({ timeout: 40_000 });
  await expectPresentable(page, "webhook-paused");
  await visit(page, "/webhooks");
  await page.getByText("paused", { exact: true }).first().waitFor();
  await expectPresentable(page, "webhooks");
});

test("a new secret is made after asking, shown once, and signs beside the earlier one", async () => {
  const { page } = on;
  await open();
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByText("For 24 hours every delivery is signed with both").waitFor();
  await shoot(page, "webhook-rotate");
  await page.getByRole("button", { name: "Make a new secret" }).click();
  const shown = page.getByTestId("webhook-secret");
  await shown.waitFor();
  const second = (await shown.textContent()) ?? "";
  expect(second).toMatch(/^whsec_/);
  expect(second).not.toBe(secret);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByText(/An earlier secret signs too until/).waitFor();
  endpoint.answer = { status: 200, text: "" };
  await visit(page, "/webhooks");
  const toggle = page.getByRole("switch", { name: `Webhook ${name} is on` });
  for (const wanted of [false, true]) {
    await toggle.click({ force: true });
    await expect.poll(async () => (await find())?.active).toBe(wanted);
    await expect.poll(() => toggle.isChecked()).toBe(wanted);
  }
  const before = endpoint.received.length;
  await open();
  await page.getByRole("button", { name: "Send a test" }).click();
  await drawer().getByText("The endpoint has taken it.").waitFor();
  expect(endpoint.received.length).toBeGreaterThan(before);
  const last = endpoint.received.at(-1);
  for (const key of [secret, second]) expect(last && isSigned(last, key)).toBe(true);
});

test("an endpoint that wants nothing any more is switched off", async () => {
  const { page } = on;
  await open("deliveries");
  // As late as can be: whatever happens in the shop meanwhile is sent there too.
  endpoint.answer = { status: 410, text: "gone" };
  await page.getByRole("button", { name: "Send a test" }).click();
  await drawer().getByText("The endpoint answered 410: it wants nothing any more.", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Regulars has switched this webhook off").waitFor();
  await shoot(page, "webhook-off");
  await expectAccessible(page, "a webhook that was switched off");
  expect(await find()).toMatchObject({ active: false });
});

test("what was given up since a moment is delivered again as a job", async () => {
  const { page } = on;
  await open("deliveries");
  await page.getByRole("button", { name: "Deliver again what was given up" }).click();
  await page.getByLabel("Since").waitFor();
  await shoot(page, "webhook-replay");
  await drawer().getByRole("button", { name: "Deliver again", exact: true }).click();
  await page.getByText("Nothing was given up since then.").waitFor();
  await expectAccessible(page, "deliveries wanted again");
  await drawer().getByRole("button", { name: "Close" }).last().click();
});

test("a viewer sees all of it and can change none of it", async () => {
  const made = await api<{ id: number }>(on.page, "POST", "/api/users", {
    ...viewer,
    name: "Vera Viewer",
    role: "viewer",
  });
  viewerId = made.id;
  const id = (await find())?.id;
  const browser = await chromium.connect(inject("endpoint"));
  const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce" });
  const answer = await context.request.post(`${inject("url")}/api/session`, { data: viewer });
  expect(answer.ok()).toBe(true);
  const page = await context.newPage();
  await visit(page, "/webhooks");
  expect(await page.getByRole("link", { name: "New webhook" }).count()).toBe(0);
  expect(await page.getByRole("switch", { name: `Webhook ${name} is on` }).isDisabled()).toBe(true);
  await visit(page, `/webhooks/${id}`);
  expect(await page.getByLabel("Address").isDisabled()).toBe(true);
  expect(await page.getByLabel("Value").first().inputValue()).toBe("***");
  for (const verb of ["Send a test", "New secret", "Delete", "Save", "Add header"]) {
    expect(await page.getByRole("button", { name: verb, exact: true }).count(), verb).toBe(0);
  }
  await shoot(page, "webhook-viewer");
  await expectAccessible(page, "a webhook seen by a viewer");
  await page.getByRole("tab", { name: "Deliveries" }).click();
  await page
    .getByRole("link", { name: /^Delivery \d+, webhook\.test/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("What is sent").waitFor();
  expect(await page.getByRole("button", { name: /^Deliver again/ }).count()).toBe(0);
  await browser.close();
});

test("what a rule tells leads to the customer and the rule", async () => {
  const { page } = on;
  const webhook = await find();
  endpoint.answer = { status: 200, text: "" };
  await api(page, "PATCH", `/api/webhooks/${webhook?.id}`, { active: true });
  const type = `browser_told_${stamp}`;
  await api(page, "POST", "/api/activity-types", { name: type, label: `Told ${stamp}` });
  const customer = await api<Made>(page, "POST", "/api/customers", { firstname: "Tilda", lastname: stamp });
  rule = await api<Made>(page, "POST", "/api/rules", {
    name: ruleName,
    active: true,
    triggers: [{ type: "new_activity", activityType: type }],
    actions: [{ type: "webhook", webhookId: webhook?.id }],
  });
  await api(page, "POST", "/api/activities", { customer: { id: customer.id }, type, metadata: {} });
  await visit(page, `/webhooks/${webhook?.id}?tab=deliveries&customerId=${customer.id}`);
  await page.getByText(`Only of customer #${customer.id}`).waitFor();
  const deliveries = page.getByRole("table", { name: "Deliveries" });
  await deliveries.getByRole("link", { name: ruleName }).waitFor();
  await deliveries.getByRole("link", { name: `#${customer.id}`, exact: true }).waitFor();
  await deliveries.getByText("delivered", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Show those of all customers" }).click();
  await expect.poll(() => deliveries.locator("tbody tr").count()).toBeGreaterThan(1);
  await expectPresentable(page, "webhook-deliveries-all");
  await deliveries
    .getByRole("link", { name: /^Delivery \d+, / })
    .first()
    .click();
  await drawer().getByRole("link", { name: ruleName }).waitFor();
  await expectPresentable(page, "webhook-delivery-rule");
  await drawer()
    .getByRole("link", { name: `Tilda ${stamp}` })
    .click();
  await page.getByRole("heading", { level: 1, name: `Tilda ${stamp}` }).waitFor();
  await api(page, "DELETE", `/api/customers/${customer.id}`);
});

test("a webhook that a rule uses stays, and the rule is named", async () => {
  const { page } = on;
  await open();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByText(ruleName).waitFor();
  await shoot(page, "webhook-in-use");
  await drawer().getByRole("button", { name: "Cancel" }).last().click();
  await api(page, "DELETE", `/api/rules/${rule.id}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  expect(await find()).toBeUndefined();
});

/** Whether one of the signatures was made with this secret, as Standard Webhooks says. */
function isSigned({ headers, body }: Received, key: string): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const bytes = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  const expected = `v1,${createHmac("sha256", bytes).update(signed).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}
