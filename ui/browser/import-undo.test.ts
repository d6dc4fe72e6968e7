// An import is undone: a small file is imported, its undoing looked at ahead, done, and the customers are gone.
import { afterAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
type Customer = { id: number; email: string | null };
const named = `Undone${stamp}`;

async function found(): Promise<Customer[]> {
  return (await api<{ items: Customer[] }>(on.page, "GET", `/api/customers?q=${named}`)).items;
}

afterAll(async () => {
  for (const { id } of await found()) await api(on.page, "DELETE", `/api/customers/${id}`);
});

test("an import is looked at, undone, and shown as undone with what stays and why", async () => {
  const { page } = on;
  const rows = ["ada", "bob", "carl"].map((name) => `${name}.${named.toLowerCase()}@example.org,${name},${named}`);
  await visit(page, "/import");
  const buffer = Buffer.from(`email,firstname,lastname\n${rows.join("\n")}\n`);
  await page.setInputFiles('input[type="file"]', { name: `${named}.csv`, mimeType: "text/csv", buffer });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("All 3 rows were imported.").waitFor();
  const [first] = await found();
  await api(page, "POST", `/api/customers/${first?.id}/notes`, { title: "Called" });

  await visit(page, "/import");
  await page.getByRole("link", { name: `${named}.csv` }).click();
  await page.getByRole("button", { name: "Undo …" }).click();
  const dialog = page.getByRole("dialog", { name: `Undo the import ${named}.csv` });
  await dialog.getByText("2 customers are deleted").waitFor();
  await dialog.getByText("1 × there are notes about the customer").waitFor();
  await dialog.getByText("stays: there are notes about the customer").waitFor();
  await expectPresentable(page, "import-undo-ahead");
  await dialog.getByRole("button", { name: "Undo the import" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("2 customers deleted").waitFor();
  await page.getByText("1 left alone").waitFor();
  await page.getByRole("cell", { name: "there are notes about the customer" }).waitFor();
  await page.getByText("undone", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Undo …" }).count()).toBe(0);
  await expectPresentable(page, "import-undo-done");
  expect((await found()).map(({ id }) => id)).toEqual([first?.id]);
});
