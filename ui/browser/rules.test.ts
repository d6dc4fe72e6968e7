// Rules: written on one page, tried out before they are saved, refused at the faulty place, switched on, and their runs listed.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { api, expectAccessible, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Browser rule ${stamp}`;
const manual = `Browser hand-picked ${stamp}`;
type Made = { id: number };
type Rule = Made & { triggers: { type: string }[]; actions: { type: string; delay?: string }[] };
let group: number;
let segment: number;

/** Adds to a list of the rule by the menu at its end. */
async function add(page: Page, button: string, item: string) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function choose(page: Page, within: string, label: string, option: string | RegExp) {
  await page.getByRole("group", { name: within, exact: true }).getByLabel(label, { exact: true }).first().click();
  await page.getByRole("option", { name: option }).first().click();
}

test("a rule of two triggers and three actions is written on one page", async () => {
  const { page } = on;
  group = (await api<Made>(page, "POST", "/api/segment-groups", { name: `Browser group ${stamp}` })).id;
  segment = (await api<Made>(page, "POST", "/api/segments", { groupId: group, name: manual })).id;
  await visit(page, "/rules/new");
  await page.getByLabel("Name").fill(name);
  await add(page, "Add trigger", "New activity");
  await choose(page, "Trigger 1", "Activity type", "Order");
  await add(page, "Add trigger", "By the calendar");
  await page.getByText(/That is every day at 09:00/).waitFor();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Attribute of the activity" }).click();
  await page.getByRole("combobox", { name: "Attribute" }).fill("amount");
  await page.keyboard.press("Escape");
  await page.getByLabel("Value").fill("50");
  await add(page, "Add action", "Add to segment");
  await choose(page, "Action 1", "Segment", manual);
  await add(page, "Add action", "Send mail");
  await choose(page, "Action 2", "Mail template", /./);
  await choose(page, "Action 2", "When", "after");
  await add(page, "Add action", "Write a note");
  await page.getByRole("group", { name: "Action 3" }).getByLabel("Title").fill("A good order");
  await expectPresentable(page, "rule-written");
});

test("before it is saved it says what it would do", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Try it out" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("Customer", { exact: true }).click();
  await page.getByRole("option").first().click();
  await drawer.getByLabel("Name of the attribute").fill("amount");
  await page.keyboard.press("Enter");
  await drawer.getByRole("textbox", { name: "amount" }).fill("50");
  await drawer.getByRole("button", { name: "Try it" }).click();
  await drawer.getByText("What would happen").waitFor();
  await drawer.getByText(`Add to segment ${manual}`).waitFor();
  await drawer.getByText("1 hour later").waitFor();
  await expectPresentable(page, "rule-try-out");
  await drawer.getByRole("tab", { name: "The last days" }).click();
  await drawer.getByRole("button", { name: "Look back" }).click();
  await drawer.getByText(/did something that makes the rule look/).waitFor();
  await expectPresentable(page, "rule-look-back");
  await page.keyboard.press("Escape");
});

test("what is wrong is told at its spot, and once it is right the rule is there", async () => {
  const { page } = on;
  await page.getByLabel("Title").fill("");
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByLabel("Title").and(page.locator("[aria-invalid=true]")).waitFor();
  await page.getByLabel("Title").fill("A good order");
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
  const id = page.url().split("/").pop();
  const rule = await api<Rule>(page, "GET", `/api/rules/${id}`);
  expect(rule.triggers.map(({ type }) => type)).toEqual(["new_activity", "cron"]);
  expect(rule.actions.map(({ type }) => type)).toEqual(["add_segment", "send_mail", "add_note"]);
  expect(rule.actions[1]?.delay).toBe("1h");
  await page.reload();
  await page.getByRole("group", { name: "Action 3" }).waitFor();
});

test("it is switched on in the list, and that can be taken back", async () => {
  const { page } = on;
  await visit(page, "/rules");
  const toggle = page.getByRole("switch", { name: `Rule ${name} is on` });
  await toggle.waitFor();
  expect(await toggle.isChecked()).toBe(false);
  await toggle.click({ force: true });
  await page.getByText(`${name} is switched on.`).waitFor();
  await expect.poll(() => toggle.isChecked()).toBe(true);
  await expectPresentable(page, "rules");
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await page.getByText("Taken back", { exact: true }).waitFor();
  await expect.poll(() => toggle.isChecked()).toBe(false);
  await toggle.click({ force: true });
  await expect.poll(() => toggle.isChecked()).toBe(true);
});

test("runs are narrowed by their outcome, call customers by their names, and say why", async () => {
  const { page } = on;
  type Run = { customerId: number; customerName: string | null };
  const { items: rules } = await api<{ items: Made[] }>(page, "GET", "/api/rules?limit=20");
  for (const { id } of rules) {
    const path = `/api/rules/${id}/runs?limit=1&outcome=condition_not_met`;
    const { items: runs } = await api<{ items: Run[] }>(page, "GET", path);
    const first = runs[0];
    if (first === undefined) continue;
    await visit(page, `/rules/${id}?tab=runs`);
    await page.getByRole("combobox", { name: "Outcome" }).click();
    await page.getByRole("option", { name: "condition not met" }).click();
    await page.waitForURL(/outcome=condition_not_met/);
    await expect
      .poll(() => page.locator("tbody a").first().textContent())
      .toBe(first.customerName ?? `Customer #${first.customerId}`);
    expect(await page.locator("tbody").getByText("fired", { exact: true }).count()).toBe(0);
    await page
      .getByRole("button", { name: /^Why this outcome/ })
      .first()
      .click();
    await page
      .getByRole("dialog")
      .getByText(/This stood in the way/)
      .waitFor();
    await expectPresentable(page, "rule-run-why");
    return;
  }
});

test("what it has planned is taken back, at the rule and at the customer", async () => {
  const { page } = on;
  const { id } = await api<Made>(page, "POST", "/api/rules", {
    name: `${name} later`,
    active: true,
    triggers: [{ type: "customers_merged" }],
    actions: [1, 2].map((day) => ({ type: "add_note", title: `Day ${day}`, delay: `${day}d` })),
  });
  const { items: customers } = await api<{ items: Made[] }>(page, "GET", "/api/customers?limit=1");
  const customer = customers[0]?.id;
  await api(page, "POST", `/api/rules/${id}/run`, { customers: [customer] });
  const planned = async () => (await api<{ items: Made[] }>(page, "GET", `/api/rules/${id}/plans`)).items.length;
  await expect.poll(planned, { timeout: 20_000 }).toBe(2);
  await visit(page, `/rules/${id}?tab=planned`);
  await page.getByText("Note “Day 1”").waitFor();
  await expectPresentable(page, "rule-planned");
  await page
    .getByRole("button", { name: /^Cancel what is planned/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByText("Taken back.").waitFor();
  await expect.poll(planned).toBe(1);
  await visit(page, `/customers/${customer}`);
  await page.getByRole("button", { name: "Take back: Note “Day 2”" }).click();
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect.poll(planned).toBe(0);
  await visit(page, `/rules/${id}?tab=runs&outcome=cancelled`);
  await expect.poll(() => page.locator("tbody tr").count()).toBe(2);
  await api(page, "DELETE", `/api/rules/${id}`);
});

test("it is run for real only after it was asked", async () => {
  const { page } = on;
  await visit(page, "/rules");
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Run now" }).click();
  await page
    .getByRole("dialog")
    .getByText(/acts for real/)
    .waitFor();
  await expectAccessible(page, "the question before running");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("it can be deleted", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete rule" }).click();
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
  await api(page, "DELETE", `/api/segments/${segment}`);
  await api(page, "DELETE", `/api/segment-groups/${group}`);
});
