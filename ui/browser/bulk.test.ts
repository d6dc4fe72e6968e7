// Bulk actions: customers are chosen by mouse and keyboard, looked at ahead, changed, listed with what became of them, and put back.
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
const customers: number[] = [];
const COUNT = 60;
let groupId = 0;

beforeAll(async () => {
  const group = { name: `Bulk ${stamp}`, calculated: false };
  groupId = (await api<{ id: number }>(on.page, "POST", "/api/segment-groups", group)).id;
  await api(on.page, "POST", "/api/segments", { groupId, name: `Club ${stamp}` });
  for (let number = 0; number < COUNT; number += 1) {
    const { id } = await api<{ id: number }>(on.page, "POST", "/api/customers", {
      firstname: `Name${String(number).padStart(2, "0")}`,
      lastname: `Bulk${stamp}`,
      city: number < 3 ? "Linz" : "Graz",
    });
    customers.push(id);
  }
});
afterAll(async () => {
  for (const id of customers) await api(on.page, "DELETE", `/api/customers/${id}`).catch(() => {});
  const { items } = await api<{ items: { id: number; name: string }[] }>(on.page, "GET", "/api/segments?limit=500");
  for (const { id } of items.filter(({ name }) => name === `Club ${stamp}`))
    await api(on.page, "DELETE", `/api/segments/${id}`);
  await api(on.page, "DELETE", `/api/segment-groups/${groupId}`);
});

const bar = () => on.page.getByRole("region", { name: "Chosen customers" });
const box = (number: number) =>
  on.page.getByRole("checkbox", { name: `Choose Name${String(number).padStart(2, "0")} Bulk${stamp}` });
const dialog = (name: string) => on.page.getByRole("dialog", { name });

async function visitList() {
  await visit(on.page, `/customers?q=Bulk${stamp}&sort=firstname`);
  await box(0).waitFor();
}

async function open(action: string) {
  await bar().getByRole("button", { name: "Do …" }).click();
  await on.page.getByRole("menuitem", { name: action, exact: true }).click();
}

test("rows are chosen one by one, as a range, by the keyboard, and all that are listed", async () => {
  const { page } = on;
  await visitList();
  await box(1).click();
  await bar().getByText("1 customer chosen").waitFor();
  await box(4).click({ modifiers: ["Shift"] });
  await bar().getByText("4 customers chosen").waitFor();
  await box(2).click();
  await bar().getByText("3 customers chosen").waitFor();
  await expectPresentable(page, "bulk-chosen");

  await box(2).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await box(5).evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.press("Space");
  await bar().getByText("4 customers chosen").waitFor();
  await page.keyboard.press("Escape");
  await bar().waitFor({ state: "hidden" });

  await page.getByRole("checkbox", { name: "Choose all that are listed" }).click();
  await bar()
    .getByRole("button", { name: `Choose all ${COUNT} that match` })
    .click();
  await bar().getByText(`All ${COUNT} customers that match are chosen`).waitFor();
  await box(7).click();
  await bar()
    .getByText(`All ${COUNT - 1} customers that match are chosen`)
    .waitFor();
  await bar().getByRole("button", { name: "Choose nobody" }).click();
  await bar().waitFor({ state: "hidden" });
});

test("a field is set after a look ahead, and what became of each is listed and put back", async () => {
  const { page } = on;
  await visitList();
  await box(0).click();
  await bar()
    .getByRole("button", { name: `Choose all ${COUNT} that match` })
    .click();
  await open("Set a field");
  const asked = dialog("Set a field");
  expect(await asked.getByRole("button", { name: "Preview" }).isDisabled()).toBe(true);
  await asked.getByRole("combobox", { name: "Field" }).fill("City");
  await page.getByRole("option", { name: "City", exact: true }).click();
  await asked.getByRole("textbox", { name: "Value" }).fill("Linz");
  await expectPresentable(page, "bulk-question");
  await asked.getByRole("button", { name: "Preview" }).click();
  await asked.getByText(`${COUNT} customers are chosen.`).waitFor();
  await asked.getByText("Graz").first().waitFor();
  await expectPresentable(page, "bulk-preview");
  await asked.getByRole("button", { name: `Change ${COUNT - 3} customers` }).click();
  await asked.waitFor({ state: "hidden" });
  await bar().waitFor({ state: "hidden" });
  await page.getByText(`${COUNT - 3} changed, 3 were so already, 0 refused.`).waitFor();
  await expectPresentable(page, "bulk-ended");
  await page.getByRole("link", { name: "See each customer" }).click();

  await page.getByRole("heading", { level: 1, name: "City becomes “Linz”" }).waitFor();
  const table = page.getByRole("table", { name: "What became of each customer" });
  await table.getByRole("link", { name: `Name03 Bulk${stamp}` }).waitFor();
  await expectPresentable(page, "bulk-result");
  await page.getByRole("radiogroup", { name: "Outcome" }).getByText("was so already").click();
  await table.getByRole("link", { name: `Name00 Bulk${stamp}` }).waitFor();
  expect(await table.getByRole("row").count()).toBe(4);

  await api(page, "PATCH", `/api/customers/${customers[10]}`, { city: "Wien" });
  await page.getByRole("main").getByRole("button", { name: "Undo", exact: true }).click();
  await dialog("Undo this bulk action?").getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Undo: City becomes “Linz”" }).waitFor();
  await page.getByText(`${COUNT - 4} changed, 0 were so already, 1 refused.`).waitFor();
  await page.getByRole("radiogroup", { name: "Outcome" }).getByText("refused").click();
  await table.getByText("this was changed since, and stays so").waitFor();
  await expectPresentable(page, "bulk-undone");
  const { city } = await api<{ city: string }>(page, "GET", `/api/customers/${customers[20]}`);
  expect(city).toBe("Graz");
});

test("customers are put into a segment, and past actions are found", async () => {
  const { page } = on;
  await visitList();
  await box(1).click();
  await box(3).click({ modifiers: ["Shift"] });
  await open("Add to a segment");
  const asked = dialog("Add to a segment");
  await asked.getByRole("combobox", { name: "Segment" }).fill(`Club ${stamp}`);
  await page.getByRole("option", { name: `Club ${stamp}` }).click();
  await asked.getByRole("button", { name: "Preview" }).click();
  await asked.getByText(`enters “Club ${stamp}”`).first().waitFor();
  await asked.getByRole("button", { name: "Add 3 customers" }).click();
  await page.getByText("3 changed, 0 were so already, 0 refused.").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Bulk actions", exact: true }).click();
  const row = page.getByRole("table", { name: "Bulk actions" }).getByRole("row").nth(1);
  await row.getByRole("link", { name: `Add to “Club ${stamp}”` }).waitFor();
  await row.getByText("done", { exact: true }).waitFor();
  await expectPresentable(page, "bulk-list");
});

test("a deletion wants the number typed, and cannot be undone", async () => {
  const { page } = on;
  await visitList();
  await box(4).click();
  await box(5).click();
  await open("Delete");
  const asked = dialog("Delete");
  await asked.getByText("This cannot be undone.").waitFor();
  const go = asked.getByRole("button", { name: "Delete 2 customers" });
  expect(await go.isDisabled()).toBe(true);
  await expectPresentable(page, "bulk-delete");
  await asked.getByRole("textbox", { name: /^Type 2 to confirm/ }).fill("2");
  await go.click();
  await page.getByText("2 changed, 0 were so already, 0 refused.").waitFor();
  await box(4).waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "See each customer" }).click();
  await page.getByText("Of customers who were deleted nothing is kept but their number.").waitFor();
  expect(await page.getByRole("main").getByRole("button", { name: "Undo", exact: true }).count()).toBe(0);
});
