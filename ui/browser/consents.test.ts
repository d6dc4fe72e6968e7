// What a customer allows and which newsletters they get: written down with proof, changed, taken back.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { api, expectAccessible, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Answered = { purpose: string; granted: boolean | null; source: string; note: string };
let customer: number;
let answers: string;

/** An entry of the history. */
function answer(page: Page, words: RegExp) {
  return page.getByRole("list", { name: "All answers" }).getByRole("listitem").filter({ hasText: words });
}

test("an answer is recorded with where it was given", async () => {
  const { page } = on;
  const body = { email: `consent.${stamp}@example.org`, firstname: "Consent", lastname: stamp };
  customer = (await api<{ id: number }>(page, "POST", "/api/customers", body)).id;
  answers = `/api/customers/${customer}/consent-answers`;
  await visit(page, `/customers/${customer}`);
  await page.getByRole("tab", { name: "Consents" }).click();
  await page.getByText("Never asked").waitFor();
  await page.getByRole("button", { name: "Record an answer" }).click();
  await page.getByLabel("Purpose").fill("not a name");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await refused(page.getByLabel("Purpose"));
  await page.getByLabel("Purpose").fill("newsletter");
  await page.getByLabel("Where").fill("Form on the web site");
  await page.getByLabel("Note", { exact: true }).fill("Ticked by hand");
  await shoot(page, "consent-dialog");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByText("The answer was recorded.").waitFor();
  await answer(page, /newsletter\s*allowed.*Form on the web site/s).waitFor();
});

test("nobody answers in the future; that is said at the field", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Change the answer to newsletter" }).click();
  await page.getByLabel("When the customer answered").fill("2099-01-01T10:00");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await refused(page.getByLabel("When the customer answered"));
  await shoot(page, "consent-refused");
});

test("an earlier answer only joins the history", async () => {
  const { page } = on;
  await page.getByLabel("When the customer answered").fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByText("A later one stays in force.").waitFor();
  await answer(page, /denied.*Jan 1, 2020/s).waitFor();
  const { items } = await api<{ items: Answered[] }>(page, "GET", answers);
  expect(items.map(({ granted }) => granted)).toEqual([true, false]);
});

test("an answer is changed and taken back, and everything stays in the history and the timeline", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Change the answer to newsletter" }).click();
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.getByText("The answer was recorded.").last().waitFor();
  await expect.poll(() => answer(page, /denied/).count()).toBe(2);
  await shoot(page, "consents");
  await expectAccessible(page, "the consents of a customer");
  await page.getByRole("button", { name: "Take back the answer to newsletter" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back", exact: true }).click();
  await page.getByText("Never asked").waitFor();
  await answer(page, /taken back/).waitFor();
  await page.getByRole("tab", { name: "Timeline" }).click();
  await page.getByText("taken back", { exact: true }).waitFor();
  await shoot(page, "consents-timeline");
});

test("a newsletter list is added, its status changed, and forgotten again", async () => {
  const { page } = on;
  const subscriptions = `/api/customers/${customer}/subscriptions`;
  const statuses = () => api<{ list: string; status: string }[]>(page, "GET", subscriptions);
  await page.getByText("On no list so far.").waitFor();
  await page.getByRole("button", { name: "Add list" }).click();
  await page.getByRole("textbox", { name: "List" }).fill("a list");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await refused(page.getByRole("textbox", { name: "List" }));
  await page.getByRole("textbox", { name: "List" }).fill("monthly");
  await page.getByRole("combobox", { name: "Status", exact: true }).click();
  await page.getByRole("option", { name: "not confirmed" }).click();
  await shoot(page, "subscription-add");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const status = page.getByRole("combobox", { name: "Status on list monthly" });
  await status.waitFor();
  await expect.poll(statuses).toMatchObject([{ list: "monthly", status: "pending" }]);
  await status.click();
  await page.getByRole("option", { name: "unsubscribed" }).click();
  await expect.poll(statuses).toMatchObject([{ list: "monthly", status: "unsubscribed" }]);
  await shoot(page, "subscriptions");
  await expectAccessible(page, "the subscriptions of a customer");
  await page.getByRole("button", { name: "Take off the records of monthly" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("On no list so far.").waitFor();
  await api(page, "DELETE", `/api/customers/${customer}`);
});
