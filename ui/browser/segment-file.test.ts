// Members of a manual segment from a file: files that cannot be taken, the choice of columns, the report, and its download.
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectPresentable, stage, stamp, visit } from "./stage";

const on = stage();
type Listed<T> = { items: T[] };
type Group = { id: number; calculated: boolean };
let segment: number;
let known: { id: number; email: string }[];

beforeAll(async () => {
  const { items: groups } = await api<Listed<Group>>(on.page, "GET", "/api/segment-groups");
  const groupId = groups.find(({ calculated }) => !calculated)?.id;
  ({ id: segment } = await api<{ id: number }>(on.page, "POST", "/api/segments", {
    name: `From file ${stamp}`,
    groupId,
  }));
  const { items } = await api<Listed<{ id: number; email: string | null }>>(on.page, "GET", "/api/customers?limit=20");
  known = items.filter((one): one is { id: number; email: string } => one.email !== null).slice(0, 3);
  await api(on.page, "POST", `/api/segments/${segment}/members`, { add: [known[0]?.id] });
});
afterAll(async () => {
  await api(on.page, "DELETE", `/api/segments/${segment}`);
});

const dialog = () => on.page.getByRole("dialog", { name: /from a file/ });
const choose = (name: string, text: string, mimeType = "text/csv") =>
  dialog()
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType, buffer: Buffer.from(text) });

test("a file that cannot be taken says why", async () => {
  const { page } = on;
  await visit(page, `/segments/${segment}?tab=members`);
  await page.getByRole("button", { name: "Add from file" }).click();
  await choose("list.xlsx", "PK", "application/zip");
  await dialog().getByText("This is no CSV file.").waitFor();
  await choose("empty.csv", "");
  await dialog().getByText("This file is empty.").waitFor();
  await choose("head.csv", "email,since\n");
  await dialog().getByText("This file has names of columns only, and no rows.").waitFor();
  await choose("picture.csv", "\u0000\u0001\u0002");
  await dialog().getByText("This file is no text.").waitFor();
  expect(await dialog().getByRole("button", { name: "Add members" }).isDisabled()).toBe(true);
  await expectPresentable(page, "segment-file-refused");
});

test("its columns are guessed, and one has to name the customers", async () => {
  const { page } = on;
  const rows = [
    ...known.map(({ email }) => `${email};01.02.2026;x`),
    `nobody.${stamp}@example.org;;y`,
    ";02.02.2026;z",
  ];
  await choose("members.csv", `Kundenmail;Seit;Note\n${rows.join("\n")}\n`);
  const naming = dialog().getByRole("combobox", { name: "What column Kundenmail becomes" });
  await naming.waitFor();
  expect(await naming.inputValue()).toBe("Mail address");
  await naming.click();
  await page.getByRole("option", { name: "leave out" }).click();
  await dialog().getByText("Say which column names the customers.").waitFor();
  expect(await dialog().getByRole("button", { name: "Add members" }).isDisabled()).toBe(true);
  await naming.click();
  await page.getByRole("option", { name: "Mail address" }).click();
  await dialog().getByRole("button", { name: "How the file is written" }).click();
  await dialog().getByRole("textbox", { name: "Time zone" }).fill("Europe/Nowhere");
  await dialog().getByRole("button", { name: "Add members" }).click();
  await dialog().getByRole("textbox", { name: "Time zone" }).and(page.locator("[aria-invalid=true]")).waitFor();
  await expectPresentable(page, "segment-file-columns");
  await dialog().getByRole("textbox", { name: "Time zone" }).fill("");
  await dialog().getByRole("textbox", { name: "Format of dates" }).fill("%d.%m.%Y");
});

test("the report says who came, who was there, and which rows name nobody", async () => {
  const { page } = on;
  await dialog().getByRole("button", { name: "Add members" }).click();
  await dialog().getByText("done", { exact: true }).waitFor();
  await dialog().getByText("3 added or changed").waitFor();
  const refusals = dialog().getByRole("table", { name: "Rejected rows" });
  await refusals.getByText("There is no such customer.").waitFor();
  await refusals.getByText("The row names no customer.").waitFor();
  expect(await refusals.getByRole("row").nth(1).getByRole("cell").first().textContent()).toBe("5");
  await expectPresentable(page, "segment-file-report");
  const download = page.waitForEvent("download");
  await dialog().getByRole("button", { name: "Download as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("members.csv.problems.csv");
  const text = (await (await file.createReadStream()).toArray()).join("");
  expect(text).toContain("5,/customer,unknown_customer,");
  expect(text).toContain("6,/customer,required,");
  await dialog().getByRole("button", { name: "Close", exact: true }).last().click();
  for (const { id } of known) await page.locator(`a[href$="/customers/${id}"]`).waitFor();
});

test("the same list again finds everybody there, and takes them out when asked", async () => {
  const { page } = on;
  const list = `id\n${known.map(({ id }) => id).join("\n")}\n`;
  await page.getByRole("button", { name: "Add from file" }).click();
  await choose("ids.csv", list);
  await dialog().getByRole("button", { name: "Add members" }).click();
  await dialog().getByText("3 were members already").waitFor();
  await dialog().getByRole("button", { name: "Another file" }).click();
  await choose("ids.csv", list);
  await dialog().getByText("Are removed", { exact: true }).click();
  await dialog().getByRole("button", { name: "Remove members" }).click();
  await dialog().getByText("3 removed").waitFor();
  await dialog().getByRole("button", { name: "Close", exact: true }).last().click();
  await page.getByText("Nobody is in it").waitFor();
  const { total } = await api<{ total: number }>(page, "GET", `/api/segments/${segment}/members?count=true`);
  expect(total).toBe(0);
});
