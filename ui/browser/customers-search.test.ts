// The search box as a condition: its help, where it looks, the marked spot of a problem, and the segment made of it.
import { expect, test } from "vitest";
import { api, expectPresentable, figure, stage, visit } from "./stage";

const on = stage();
const box = () => on.page.getByLabel("Search customers");
const shown = async () => figure(await on.page.getByText(/^[\d,]+ customers?$/).textContent());
const counted = async (filter: object) => {
  const query = new URLSearchParams({ filter: JSON.stringify(filter), count: "true", limit: "1" });
  return (await api<{ total: number }>(on.page, "GET", `/api/customers?${query}`)).total;
};
const city = (value: string, op = "eq") => ({ fact: "field", name: "city", op, value });

test("the help explains the syntax, and its examples can be tried", async () => {
  const { page } = on;
  await visit(page, "/customers");
  await page.getByRole("button", { name: "What the search understands" }).click();
  await page.getByRole("dialog", { name: "What the search understands" }).waitFor();
  await expectPresentable(page, "customers-search-help");
  await page.getByRole("button", { name: "Try Wien OR Graz" }).click();
  expect(await box().inputValue()).toBe("Wien OR Graz");
  await page.getByText("Search by condition").waitFor();
});

test("the list holds who meets the condition, in the fields that are chosen", async () => {
  const { page } = on;
  const fields = page.getByRole("combobox", { name: "Looks into" });
  await fields.click();
  await page.getByRole("option", { name: "City", exact: true }).click();
  await page.keyboard.press("Escape");
  const both = await counted({ any: [city("Wien"), city("Graz")] });
  expect(both).toBeGreaterThan(1);
  await expect.poll(shown).toBe(both);
  await expectPresentable(page, "customers-search-condition");
  await box().fill("!(Wi* OR Graz)");
  const others = await counted({ not: { any: [city("Wi", "starts_with"), city("Graz")] } });
  await expect.poll(shown).toBe(others);
  expect(page.url()).toContain("fields=");
});

test("what cannot be read is marked at its spot, and the list shows nobody else instead", async () => {
  const { page } = on;
  await box().fill("Wien AND OR Graz");
  await page.getByText("A term has to stand here, no operator.").waitFor();
  expect(await page.locator("mark").textContent()).toBe("O");
  expect(await box().getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByRole("table", { name: "Customers" }).count()).toBe(0);
  await expectPresentable(page, "customers-search-wrong");
  await box().fill("(Wien");
  await page.getByText("This bracket is not closed.").waitFor();
  expect(await page.locator("mark").textContent()).toBe("(");
  await box().fill("Wien OR");
  await page.getByText("A term is missing at the end.").waitFor();
});

test("a search becomes a segment of the same customers", async () => {
  const { page } = on;
  await box().fill("Wien OR Graz");
  const both = await counted({ any: [city("Wien"), city("Graz")] });
  await expect.poll(shown).toBe(both);
  await page.getByRole("link", { name: "Save as segment" }).click();
  await page.getByRole("heading", { level: 1, name: "New segment" }).waitFor();
  await page.getByText(/In words: .*City is “Wien” or City is “Graz”/).waitFor();
  await expect.poll(async () => figure(await page.getByTestId("live-count").textContent())).toBe(both);
});

test("words alone are looked for everywhere, and the longest search is answered", async () => {
  const { page } = on;
  await visit(page, "/customers?q=wien");
  const { total } = await api<{ total: number }>(page, "GET", "/api/customers?q=wien&count=true&limit=1");
  await expect.poll(shown).toBe(total);
  expect(await page.getByText("Search by condition").count()).toBe(0);
  const longest = Array.from({ length: 20 }, (_, place) => `!nobody${place}*`).join(" ");
  await box().fill(longest);
  await expect.poll(shown).toBe(await counted({ all: [] }));
});
