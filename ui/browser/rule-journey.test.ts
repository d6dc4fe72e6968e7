// Journeys: steps put on the map by mouse and keyboard, saved and opened again, with who waits where, and what becomes of them.
import { expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Browser journey ${stamp}`;
type Step = { type: string; branches?: { steps: Step[] }[]; otherwise?: Step[]; parts?: { percent: number }[] };
type Rule = { id: number; steps: Step[] };
let id: string;

async function put(button: string, item: string) {
  await on.page.getByRole("button", { name: button, exact: true }).click();
  await on.page.getByRole("menuitem", { name: item, exact: true }).click();
  // Until it is closed, its items stand beside those of the next menu.
  await on.page.getByRole("menu").waitFor({ state: "detached" });
}

test("a journey waits, branches and splits", async () => {
  const { page } = on;
  await visit(page, "/rules/new");
  await page.getByLabel("Name").fill(name);
  await put("Add trigger", "Customers merged");
  await page.getByText("One after the other").click();
  await put("Add the first step", "Write a note");
  await page.getByLabel("Title").fill("Welcome");
  await put("Add step 2 of the journey", "Wait");
  await put("Add step 3 of the journey", "Branch");
  await page.getByRole("button", { name: "Add", exact: true }).nth(1).click();
  await page.getByRole("menuitem", { name: "Activity", exact: true }).click();
  await put("Add step 1 of way 1 of step 3", "Split by lot");
  await put("Add step 1 of way 1 of step 1", "Write a note");
  await page.getByLabel("Title").fill("Offer A");
  await put("Add step 1 of way 2 of step 1", "Write a note");
  await page.getByLabel("Title").fill("Offer B");
  await put("Add step 1 of otherwise of step 3", "Leave if");
  await expectPresentable(page, "journey-written");
});

test("shares that do not make a hundred are told, and steps are moved by the keyboard", async () => {
  const { page } = on;
  await page.getByLabel("Share of way 1 in percent").fill("70");
  await page.getByText("The shares make 120 percent, not 100.").waitFor();
  await page.getByLabel("Share of way 2 in percent").fill("30");
  await page.getByText(/The shares make/).waitFor({ state: "detached" });
  const down = page.getByRole("button", { name: "Move step 1 down" }).first();
  await down.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("group", { name: "Step 1: Wait 1 day" }).waitFor();
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Move step 2 down");
  await page.getByRole("button", { name: "Move step 2 up" }).first().press("Enter");
  await page.getByRole("group", { name: "Step 1: Note “Welcome”" }).waitFor();
  await page.getByRole("button", { name: "Duplicate step 2" }).first().press("Enter");
  await page.getByRole("group", { name: "Step 3: Wait 1 day" }).waitFor();
  await page.getByRole("button", { name: "Delete step 3" }).first().press("Enter");
  await page.getByRole("group", { name: "Step 3: One way and the rest" }).waitFor();
});

test("saved and opened again it is the same", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
  id = page.url().split("/").pop() ?? "";
  const { steps } = await api<Rule>(page, "GET", `/api/rules/${id}`);
  expect(steps.map(({ type }) => type)).toEqual(["action", "wait", "branch"]);
  expect(steps[2]?.branches?.[0]?.steps[0]?.parts?.map(({ percent }) => percent)).toEqual([70, 30]);
  expect(steps[2]?.otherwise?.[0]?.type).toBe("exit");
  await page.reload();
  await page.getByRole("group", { name: "Step 1: Note “Offer B”" }).waitFor();
  expect(await page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
});

test("each step says who waits there, and a change asks what becomes of them", async () => {
  const { page } = on;
  const { items } = await api<{ items: { id: number }[] }>(page, "GET", "/api/customers?limit=3");
  await api(page, "PATCH", `/api/rules/${id}`, { active: true });
  await api(page, "POST", `/api/rules/${id}/run`, { customers: items.map((customer) => customer.id) });
  const waiting = async () => {
    const { items: places } = await api<{ items: { count: number }[] }>(page, "GET", `/api/rules/${id}/places`);
    return places.reduce((sum, { count }) => sum + count, 0);
  };
  await expect.poll(waiting, { timeout: 20_000 }).toBe(3);
  await visit(page, `/rules/${id}`);
  await page.getByText("3 customers wait here").waitFor();
  await expectPresentable(page, "journey-waiting");
  await page.getByRole("button", { name: "Duplicate step 1" }).first().click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const question = page.getByRole("dialog");
  await question.getByText("3 customers are under way.", { exact: false }).waitFor();
  await expectPresentable(page, "journey-question");
  await question.getByLabel("They leave the journey").check();
  await question.getByRole("button", { name: "Save" }).click();
  await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  await visit(page, `/rules/${id}?tab=runs&outcome=exited`);
  await expect.poll(() => page.locator("tbody tr").count()).toBe(3);
  await page
    .getByRole("button", { name: /^Why this outcome/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("The rule was changed in the meantime.").waitFor();
  await page.keyboard.press("Escape");
});

test("tried out it says where it leads", async () => {
  const { page } = on;
  await visit(page, `/rules/${id}`);
  await page.getByRole("button", { name: "Try it out" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Someone made up").click();
  await drawer.getByLabel("First name").fill("Ada");
  await drawer.getByText("As if it fired").click();
  await drawer.getByRole("button", { name: "Try it" }).click();
  await drawer.getByText(/Waits at: step 3/).waitFor();
  await expectPresentable(page, "journey-try-out");
  await api(page, "DELETE", `/api/rules/${id}`);
});
