// Duplicates: two like customers are found, merged by the keyboard, undone, declined, merged field by field, and only looked at by viewers.
import type { Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { api, expectAccessible, expectPresentable, refused, settled, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type Customer = { id: number; firstname: string | null; street: string | null };
type Pair = { id: number; customers: Customer[] };
const viewer = { email: `duplicates.${stamp}@example.org`, password: `a long password ${stamp}` };
const made: number[] = [];
let viewerId: number;

type Twin = { firstname: string; lastname: string; birthDate: string; street: string; zip: string; city: string };
const zwirbel: Twin = {
  firstname: "Johannes",
  lastname: "Zwirbelhofer",
  birthDate: "1981-04-17",
  street: "Linzer Gasse 12",
  zip: "5020",
  city: "Salzburg",
};
const oxhorn: Twin = {
  firstname: "Walpurga",
  lastname: "Oxhornbichler",
  birthDate: "1956-11-02",
  street: "Am Moosfeld 3",
  zip: "8160",
  city: "Weiz",
};
const quendel: Twin = {
  firstname: "Ottokar",
  lastname: "Quendelmayr",
  birthDate: "1999-08-29",
  street: "Rebenring 77",
  zip: "38106",
  city: "Braunschweig",
};
const fidibus: Twin = {
  firstname: "Kunigunde",
  lastname: "Fidibus",
  birthDate: "1972-01-13",
  street: "Tiefer Graben 9",
  zip: "1010",
  city: "Wien",
};

/** Two who are one person to everybody who looks, with a name nobody else has. */
async function twins(page: Page, twin: Twin): Promise<[number, number]> {
  const email = (which: string) => `${twin.lastname}.${which}.${stamp}@example.org`.toLowerCase();
  const one = { ...twin, email: email("a") };
  const other = { ...twin, street: twin.street.replace(" ", ""), email: email("bb"), phone: "+43 662 123456" };
  const ids: number[] = [];
  for (const body of [one, other]) ids.push((await api<Customer>(page, "POST", "/api/customers", body)).id);
  made.push(...ids);
  return ids as [number, number];
}

const review = (page: Page) => page.getByRole("list", { name: "Pairs" });
const find = async (page: Page, text: string) => {
  await page.getByRole("searchbox", { name: "Name or mail address" }).fill(text);
  await expect.poll(() => page.url()).toContain("q=");
};
const pairsOf = (page: Page, customer: number) => api<Pair[]>(page, "GET", `/api/customers/${customer}/duplicates`);

afterAll(async () => {
  if (viewerId) await api(on.page, "DELETE", `/api/users/${viewerId}`);
  for (const id of made) await api(on.page, "DELETE", `/api/customers/${id}`).catch(() => undefined);
});

test("two like customers become a pair with its reasons", async () => {
  const { page } = on;
  const [one] = await twins(page, zwirbel);
  await visit(page, "/duplicates");
  await page.getByRole("button", { name: "Look for duplicates" }).click();
  await page.getByText(/^Last search/).waitFor();
  await expect.poll(async () => (await pairsOf(page, one)).length).toBe(1);
  await find(page, zwirbel.lastname);
  await expect.poll(() => review(page).getByRole("button").count()).toBe(1);
  await page.getByRole("rowheader", { name: "Street" }).waitFor();
  await page.getByText("nearly the same").first().waitFor();
  await settled(on);
  await expectPresentable(page, "duplicates-review");
});

test("a key merges it, and the last merge is undone by another", async () => {
  const { page } = on;
  const [one, other] = made.slice(0, 2) as [number, number];
  await page.getByRole("heading", { level: 1, name: "Duplicates" }).click();
  await page.keyboard.press("a");
  await page.getByText(/^Merged: /).waitFor();
  await page.getByText("No pair fits").waitFor();
  expect((await api<Customer>(page, "GET", `/api/customers/${other}`)).id).toBe(one);
  await page.keyboard.press("z");
  await page.getByText(/^Merge #\d+ was undone/).waitFor();
  await expect.poll(() => review(page).getByRole("button").count()).toBe(1);
  expect((await api<Customer>(page, "GET", `/api/customers/${other}`)).id).toBe(other);
});

test("what speaks for two people has to be confirmed", async () => {
  const { page } = on;
  const [one, other] = await twins(page, oxhorn);
  for (const [id, shop] of [
    [one, "1"],
    [other, "2"],
  ] as const) {
    await api(page, "PATCH", `/api/customers/${id}`, { externalIds: { shop: `${shop}-${stamp}` } });
  }
  await expect.poll(async () => (await pairsOf(page, one)).length).toBe(1);
  await visit(page, `/duplicates?q=${oxhorn.lastname}`);
  await expect.poll(() => review(page).getByRole("button").count()).toBe(1);
  await page.keyboard.press("b");
  const dialog = page.getByRole("dialog", { name: "Are they one person?" });
  await dialog.getByText("They have different ids in the system shop.").waitFor();
  await shoot(page, "duplicates-confirm");
  await expectAccessible(page, "the question before a merge");
  await dialog.getByRole("button", { name: "They are one: merge" }).click();
  await page.getByText(/^Merged: /).waitFor();
  expect((await api<Customer>(page, "GET", `/api/customers/${one}`)).id).toBe(other);
});

test("it is in the story of the customer and in the log, and undone from there", async () => {
  const { page } = on;
  const survivor = made[3];
  await visit(page, `/customers/${survivor}`);
  await page.getByRole("button", { name: /^Undo merge/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo the merge" }).click();
  await page
    .getByText(/^Merge #\d+ was undone/)
    .first()
    .waitFor();
  await page.getByText("Merge undone", { exact: true }).first().waitFor();
  await settled(on);
  await shoot(page, "customer-unmerged");
  await expectAccessible(page, "a customer with an undone merge");
  await visit(page, "/duplicates?tab=merged");
  await page
    .getByText(/^undone by /)
    .first()
    .waitFor();
  await settled(on);
  await expectPresentable(page, "merge-log");
});

test("a declined pair is under two people, and can be reviewed again", async () => {
  const { page } = on;
  const [one] = await twins(page, quendel);
  await expect.poll(async () => (await pairsOf(page, one)).length).toBe(1);
  await visit(page, `/duplicates?q=${quendel.lastname}`);
  await expect.poll(() => review(page).getByRole("button").count()).toBe(1);
  await page.keyboard.press("n");
  await page.getByText(/^Two people: /).waitFor();
  await page.getByText("No pair fits").waitFor();
  await page.getByRole("tab", { name: "Two people" }).click();
  await find(page, quendel.lastname);
  await page.getByText(/^two people, says /).waitFor();
  await settled(on);
  await expectPresentable(page, "duplicates-declined");
  await page.getByRole("button", { name: "Review again" }).click();
  await page.getByText(/^To be reviewed again: /).waitFor();
  const [pair] = await pairsOf(page, one);
  expect(pair).toMatchObject({ state: "open" });
});

test("in the workbench a field is picked by the keyboard, and the merge can be undone at once", async () => {
  const { page } = on;
  const [one, other] = await twins(page, fidibus);
  await expect.poll(async () => (await pairsOf(page, one)).length).toBe(1);
  await visit(page, `/customers/${one}?tab=duplicates`);
  await page.getByRole("link", { name: "Compare and merge" }).click();
  const table = page.getByRole("table", { name: "Whose value each field gets" });
  await table.waitFor();
  await table.getByRole("button", { name: /^Mail address, take that of who stays/ }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const theirs = table.getByRole("button", { name: /^Street, take that of who goes/ });
  await expect.poll(() => theirs.getAttribute("aria-pressed")).toBe("true");
  await settled(on);
  await expectPresentable(page, "merge-workbench");
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await page.getByText(/is a part of Kunigunde/).waitFor();
  expect(await api<Customer>(page, "GET", `/api/customers/${other}`)).toMatchObject({
    id: one,
    street: "TieferGraben 9",
  });
  await page.getByRole("button", { name: /^Undo merge/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo the merge" }).click();
  await table.waitFor();
  expect(await api<Customer>(page, "GET", `/api/customers/${one}`)).toMatchObject({
    id: one,
    street: fidibus.street,
  });
});

test("any two can be merged from a customer's page", async () => {
  const { page } = on;
  await visit(page, `/customers/${made[0]}`);
  await page.getByRole("link", { name: "Merge with …" }).click();
  await page.getByText("Choose two customers").waitFor();
  await page.getByRole("combobox", { name: "Becomes a part of him" }).fill(quendel.lastname);
  await page.getByRole("option").first().click();
  await page.getByRole("table", { name: "Whose value each field gets" }).waitFor();
  await settled(on);
  await shoot(page, "merge-any-two");
  await expectAccessible(page, "the workbench for any two");
});

test("a merge below another one names the one to undo first", async () => {
  const { page } = on;
  const [first, second, third] = made as [number, number, number];
  const merge = (survivor: number, otherId: number) =>
    api<{ id: number }>(page, "POST", `/api/customers/${survivor}/merge`, { otherId, confirm: true });
  const below = await merge(first, second);
  const above = await merge(third, first);
  await visit(page, `/customers/${third}`);
  await page.getByText(`Undo merge #${above.id} first`).waitFor();
  await page.getByRole("button", { name: `Undo merge #${above.id}`, exact: true }).waitFor();
  await settled(on);
  await shoot(page, "customer-merged");
  await expectAccessible(page, "a customer of several merges");
  for (const { id } of [above, below]) await api(page, "POST", `/api/merges/${id}/undo`);
});

test("the log of merges names both, without asking for each", async () => {
  const { page } = on;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await visit(page, "/duplicates?tab=merged");
  const newest = page.getByRole("table", { name: "Merges" }).locator("tbody tr:not([aria-hidden])").first();
  const names = newest.getByRole("link");
  await expect.poll(() => names.count()).toBe(2);
  for (const name of await names.allTextContents()) expect(name).not.toMatch(/^#/);
  await settled(on);
  expect(asked.filter((path) => /^\/api\/customers\/\d+$/.test(path))).toEqual([]);
  await expectAccessible(page, "the log of merges");
});

test("many are looked at before they are merged", async () => {
  const { page } = on;
  await visit(page, "/duplicates");
  await page.getByRole("button", { name: "Merge many" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "From this score on" }).fill("99.9");
  await dialog.getByRole("button", { name: "Show what would be merged" }).click();
  await dialog.getByText(/can be merged$/).waitFor();
  await dialog.getByText("has to be confirmed by a person").first().waitFor();
  await shoot(page, "duplicates-bulk");
  await expectAccessible(page, "merging many");
  await page.keyboard.press("Escape");
});

test("settings are refused at their spot, and kept", async () => {
  const { page } = on;
  await visit(page, "/duplicate-settings");
  await page.getByRole("button", { name: "Add rule" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await refused(page.getByRole("textbox", { name: "Name of the rule" }));
  await refused(page.getByRole("combobox", { name: "Field", exact: true }));
  await settled(on);
  await expectPresentable(page, "duplicate-settings");
  await page.getByRole("textbox", { name: "Name of the rule" }).fill(`Mail ${stamp}`);
  await page.getByRole("combobox", { name: "Field", exact: true }).click();
  await page.getByRole("option", { name: "Mail address" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  type Rules = { duplicates: { rules: { name: string; fields: object[] }[] } };
  const { duplicates } = await api<Rules>(page, "GET", "/api/settings");
  expect(duplicates.rules).toMatchObject([{ name: `Mail ${stamp}`, fields: [{ field: "email" }] }]);
  await page.getByRole("button", { name: "Remove rule 1" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await api<Rules>(page, "GET", "/api/settings")).duplicates.rules).toEqual([]);
});

test("clusters, quarantine, report", async () => {
  const { page } = on;
  await visit(page, "/duplicates?tab=clusters");
  await page.getByText(/^Customers who hang together/).waitFor();
  await settled(on);
  await shoot(page, "duplicates-clusters");
  await expectAccessible(page, "clusters");
  await visit(page, "/duplicates?tab=quarantine");
  await settled(on);
  await expectAccessible(page, "quarantine");
  await visit(page, "/duplicates/report");
  await page.getByRole("table", { name: "Weights of First name" }).waitFor();
  await settled(on);
  await expectPresentable(page, "duplicates-report");
});

test("a viewer sees all of it and can change none of it", async () => {
  const { page } = on;
  const user = await api<{ id: number }>(page, "POST", "/api/users", { ...viewer, name: "Vera", role: "viewer" });
  viewerId = user.id;
  const [pair] = await pairsOf(page, made[4] ?? 0);
  const context = await page.context().browser()?.newContext({ locale: "en-US" });
  if (!context) throw new Error("no browser");
  await context.request.post(`${inject("url")}/api/session`, { data: viewer });
  const theirs = await context.newPage();
  await visit(theirs, `/duplicates?q=${quendel.lastname}`);
  await theirs.getByRole("rowheader", { name: "Street" }).waitFor();
  for (const name of ["Keep left", "Keep right", "Two people", "Look for duplicates", "Merge many"]) {
    expect(await theirs.getByRole("button", { name, exact: true }).count(), name).toBe(0);
  }
  await theirs.keyboard.press("n");
  await visit(theirs, `/duplicates/${pair?.id}`);
  await theirs.getByRole("rowheader", { name: "Street" }).waitFor();
  expect(await theirs.getByRole("button", { name: "Merge", exact: true }).count()).toBe(0);
  await visit(theirs, "/duplicate-settings");
  expect(await theirs.getByLabel("Compare customers when they are saved").isDisabled()).toBe(true);
  await context.close();
});
