// Rules: written on one page, refused at the faulty place, switched on, and their runs listed.
import { expect, test } from "vitest";
import { api, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const name = `Browser rule ${stamp}`;
type Made = { id: number };
let group: number;
let segment: number;
const manual = `Browser hand-picked ${stamp}`;

test("a rule is created from its sentence", async () => {
  const { page } = on;
  group = (await api<Made>(page, "POST", "/api/segment-groups", { name: `Browser group ${stamp}` })).id;
  segment = (await api<Made>(page, "POST", "/api/segments", { groupId: group, name: manual })).id;
  await visit(page, "/rules/new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Activity types").first().click();
  await page.getByRole("option").first().click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Attribute of the activity" }).click();
  await page.getByRole("button", { name: "Add action" }).click();
  await page.getByRole("menuitem", { name: "Add to segment" }).click();
  await page.getByPlaceholder("Choose a segment").click();
  await page.getByRole("option", { name: manual }).click();
  await page.getByRole("combobox", { name: "Attribute" }).fill("amount");
  await page.keyboard.press("Escape");
  await page.getByLabel("Value").fill("50");
  await shoot(page, "rule-new");
  await page.getByRole("button", { name: "Create rule" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
});

test("it is switched on in the list", async () => {
  const { page } = on;
  await visit(page, "/rules");
  const toggle = page.getByRole("switch", { name: `Rule ${name} is on` });
  await toggle.waitFor();
  expect(await toggle.isChecked()).toBe(false);
  await toggle.click({ force: true });
  await page.getByText(`${name} is switched on.`).waitFor();
  await expect.poll(() => toggle.isChecked()).toBe(true);
  await shoot(page, "rules");
});

test("runs call customers by their names", async () => {
  const { page } = on;
  type Run = { customerId: number; customerName: string | null };
  const { items: rules } = await api<{ items: Made[] }>(page, "GET", "/api/rules?limit=20");
  for (const { id } of rules) {
    const { items: runs } = await api<{ items: Run[] }>(page, "GET", `/api/rules/${id}/runs?limit=1`);
    const first = runs[0];
    if (first === undefined) continue;
    await visit(page, `/rules/${id}?tab=runs`);
    const link = page.locator("tbody a").first();
    expect(await link.textContent()).toBe(first.customerName ?? `Customer #${first.customerId}`);
    return;
  }
});

test("its runs have a page, and it can be deleted", async () => {
  const { page } = on;
  await visit(page, "/rules");
  await page.getByRole("link", { name }).click();
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByLabel("Outcome").first().waitFor();
  await shoot(page, "rule-runs");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete rule" }).click();
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
  await api(page, "DELETE", `/api/segments/${segment}`);
  await api(page, "DELETE", `/api/segment-groups/${group}`);
});
