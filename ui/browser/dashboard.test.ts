// The dashboard shows real figures, for the period one chooses, and each leads to what it counts.
import { expect, test } from "vitest";
import { api, expectPresentable, figure, shoot, stage, stamp, visit } from "./stage";

const on = stage();

test("figures are there and not zero", async () => {
  const { page } = on;
  await visit(page, "/");
  await page.getByRole("img", { name: /activities in 30 days/ }).waitFor();
  await page
    .getByRole("img", { name: /new customers in 30 days/ })
    .locator("svg")
    .waitFor();
  const customers = page.locator(".card", { has: page.getByRole("link", { name: "Customers", exact: true }) });
  expect(figure(await customers.locator(".figures").first().textContent())).toBeGreaterThan(0);
  await shoot(page, "dashboard");
});

test("the picture of activities is a table too", async () => {
  const { page } = on;
  const views = page.getByRole("radiogroup", { name: "Activities as picture or table" });
  await views.getByText("Table", { exact: true }).click();
  const rows = page.getByRole("table", { name: "Activities per day" }).getByRole("row");
  await rows.nth(1).waitFor();
  expect(figure(await rows.nth(2).getByRole("cell").nth(1).textContent())).toBeGreaterThan(0);
  await expectPresentable(page, "dashboard-table");
  await views.getByText("Chart", { exact: true }).click();
});

test("days of one's own are compared with as many before", async () => {
  const { page } = on;
  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  await page.getByRole("button", { name: "From … to …" }).click();
  const dialog = page.getByRole("dialog", { name: "From … to …" });
  await dialog.getByLabel("First day").fill(day(20));
  await dialog.getByLabel("Last day").fill(day(30));
  await dialog.getByText("The last day is before the first one.").waitFor();
  await dialog.getByLabel("Last day").fill(day(11));
  await expectPresentable(page, "dashboard-period");
  await dialog.getByRole("button", { name: "Show these days" }).click();
  await page.getByRole("img", { name: /activities in 10 days/ }).waitFor();
  await page.getByText(/compared with/).waitFor();
  expect(page.url()).toContain(`from=${day(20)}`);
});

test("what waits leads to where it waits", async () => {
  const { page } = on;
  await visit(page, "/");
  await page.getByRole("link", { name: "Duplicates to look at" }).click();
  await page.getByRole("heading", { level: 1, name: "Duplicates" }).waitFor();
  await visit(page, "/");
});

test("another period is another address", async () => {
  const { page } = on;
  await page.getByText("90 days", { exact: true }).click();
  await page.getByRole("img", { name: /activities in 90 days/ }).waitFor();
  expect(page.url()).toContain("days=90");
});

test("a figure leads to its customers, and there are as many", async () => {
  const { page } = on;
  const card = page.getByRole("main").locator(".card", { has: page.getByRole("link", { name: "New customers" }) });
  const counted = figure(await card.locator(".figures").first().textContent());
  await card.getByRole("link", { name: "New customers" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await page
    .getByRole("button", { name: /Customer since is between/ })
    .first()
    .waitFor();
  await expect
    .poll(() => page.getByRole("table", { name: "Customers" }).getAttribute("aria-rowcount"))
    .toBe(String(counted));
});

test("known and anonymous customers are all of them, and lead to their lists", async () => {
  const { page } = on;
  const { id } = await api<{ id: number }>(page, "POST", "/api/customers", { externalIds: { shop: stamp } });
  await visit(page, "/");
  const card = page
    .getByRole("main")
    .locator(".card", { has: page.getByRole("heading", { name: "Known and anonymous" }) });
  const counted = async (name: string) => {
    const line = card.locator(".mantine-Group-root", { has: page.getByRole("link", { name, exact: true }) }).last();
    return figure(await line.locator(".figures").last().textContent());
  };
  const [known, anonymous] = [await counted("Known"), await counted("Anonymous")];
  const all = page.locator(".card", { has: page.getByRole("link", { name: "Customers", exact: true }) });
  expect(known + anonymous).toBe(figure(await all.locator(".figures").first().textContent()));
  expect(anonymous).toBeGreaterThan(0);
  await card.getByRole("link", { name: "Anonymous", exact: true }).click();
  await expectListed(anonymous);
  await api(page, "DELETE", `/api/customers/${id}`);
});

test("new and returning customers are those of a type of activity, and lead to their lists", async () => {
  const { page } = on;
  await visit(page, "/");
  const type = page.getByRole("main").getByLabel("Activity", { exact: true });
  await expect.poll(() => type.inputValue()).toBe("Order");
  await type.click();
  await page.getByRole("option", { name: "Login" }).click();
  await expect.poll(() => page.url()).toContain("type=login");
  await page.getByText("90 days", { exact: true }).click();
  await expect.poll(() => page.url()).toContain("days=90");
  expect(page.url(), "the type stays").toContain("type=login");
  const table = page.getByRole("table", { name: "New and returning customers" });
  await table.scrollIntoViewIfNeeded();
  await expectPresentable(page, "dashboard-comers");
  const address = page.url();
  for (const name of [/^New, These days/, /^Returning, These days/, /^Returning, Days before/]) {
    await page.goto(address);
    const link = table.getByRole("link", { name });
    const counted = figure(await link.textContent());
    await link.click();
    await expectListed(counted);
  }
});

async function expectListed(count: number) {
  const { page } = on;
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await expect
    .poll(() => page.getByRole("table", { name: "Customers" }).getAttribute("aria-rowcount"))
    .toBe(String(count));
}

test("mail that came back leads to the messages of these days", async () => {
  const { page } = on;
  await visit(page, "/");
  await page.getByRole("main").getByRole("link", { name: "Came back" }).click();
  await page.getByRole("heading", { level: 1, name: "Deliveries" }).waitFor();
  expect(page.url()).toMatch(/cameBack=bounced/);
  expect(await page.getByLabel("Came back", { exact: true }).isChecked()).toBe(true);
  await page.getByRole("button", { name: /: show all days$/ }).click();
  await expect.poll(() => page.url()).not.toContain("until=");
  await expectPresentable(page, "messages-came-back");
});
