// Customers: found, opened, changed, noted, created, refused and deleted.
import { expect, test } from "vitest";
import { api, expectPresentable, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const email = `browser.${stamp}@example.org`;

test("an invalid address is shown at its field", async () => {
  const { page } = on;
  await visit(page, "/customers/new");
  await page.getByLabel("First name").fill("Browser");
  await page.getByLabel("Last name").fill(`Test${stamp}`);
  await page.getByLabel("Mail", { exact: true }).fill("no address");
  await page.getByRole("button", { name: "Create customer" }).click();
  const field = page.getByLabel("Mail", { exact: true });
  await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
  await shoot(page, "customer-invalid");
});

test("with a valid one the customer is created and opened", async () => {
  const { page } = on;
  await page.getByLabel("Mail", { exact: true }).fill(email);
  await page.getByRole("button", { name: "Create customer" }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Browser Test${stamp}`) }).waitFor();
});

test("searching finds them, the row opens them", async () => {
  const { page } = on;
  await visit(page, "/customers");
  await page.locator("tbody tr").nth(1).waitFor();
  await shoot(page, "customers");
  await page.getByLabel("Search customers").fill(email);
  await page.getByText("1 customer", { exact: true }).waitFor();
  await page.getByRole("link", { name: `Browser Test${stamp}` }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Test${stamp}`) }).waitFor();
});

test("the usual columns fit on a small screen", async () => {
  const { page } = on;
  await visit(page, "/customers");
  await page.setViewportSize({ width: 1024, height: 900 });
  await page.getByRole("link", { name: `Browser Test${stamp}` }).waitFor();
  const list = page.getByRole("region", { name: "Customers" });
  expect(await list.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  expect(await page.getByRole("columnheader", { name: "City" }).isVisible()).toBe(false);
  await page.setViewportSize({ width: 1360, height: 850 });
  await page.getByRole("columnheader", { name: "City" }).waitFor();
  await page.getByRole("link", { name: `Browser Test${stamp}` }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(`Test${stamp}`) }).waitFor();
});

test("a change is kept, and asked about before it would be lost", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "Attributes" }).click();
  await page.getByLabel("City").fill("Eisenstadt");
  await page.getByRole("link", { name: "Segments", exact: true }).first().click();
  await page.getByText("You have changes that are not saved.").waitFor();
  await page.getByRole("button", { name: "Stay here" }).last().click();
  await page.getByRole("tab", { name: "Notes" }).click();
  await page.getByText("You have changes that are not saved.").waitFor();
  await page.getByRole("button", { name: "Stay here" }).last().click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.reload();
  await expect.poll(() => page.getByLabel("City").inputValue()).toBe("Eisenstadt");
});

test("what was saved is taken back as long as nobody has changed it since", async () => {
  const { page } = on;
  await page.getByLabel("City").fill("Linz");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Taken back", { exact: true }).waitFor();
  await expect.poll(() => page.getByLabel("City").inputValue()).toBe("Eisenstadt");
  await page.reload();
  await expect.poll(() => page.getByLabel("City").inputValue()).toBe("Eisenstadt");
});

test("someone else's change in between is not overwritten unasked", async () => {
  const { page } = on;
  const id = page.url().match(/customers\/(\d+)/)?.[1];
  await page.getByLabel("City").fill("Bregenz");
  await api(page, "PATCH", `/api/customers/${id}`, { street: "Elsewhere 1" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Someone else changed this", { exact: true }).waitFor();
  await shoot(page, "customer-lost-race");
  await page.getByRole("button", { name: "Overwrite with mine" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await expect.poll(() => page.getByLabel("Street").inputValue()).toBe("Elsewhere 1");
  expect(await page.getByLabel("City").inputValue()).toBe("Bregenz");
});

test("a note is added and stays", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "Notes" }).click();
  await page.getByLabel("Title").fill("Called");
  await page.getByLabel("Note", { exact: true }).fill(`Wants paper invoices ${stamp}`);
  await page.getByRole("button", { name: "Add note" }).click();
  await page.getByText(`Wants paper invoices ${stamp}`).waitFor();
  await shoot(page, "customer-notes");
});

test("versions show what changed", async () => {
  const { page } = on;
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Eisenstadt").first().waitFor();
  await shoot(page, "customer-versions");
});

test("conditions narrow the list and stand in its address", async () => {
  const { page } = on;
  const filter = { all: [{ fact: "field", name: "email", op: "eq", value: email }] };
  await visit(page, `/customers?filter=${encodeURIComponent(JSON.stringify(filter))}`);
  await page.getByText("1 customer", { exact: true }).waitFor();
  await page.getByRole("button", { name: /Remove condition: Mail address is/ }).click();
  await expect.poll(() => page.url()).not.toContain("filter=");
  await page.getByRole("button", { name: "City" }).click();
  await expect.poll(() => page.url()).toContain("sort=city");
});

test("conditions of the list are counted while they are written", async () => {
  const { page } = on;
  const filter = {
    all: [
      { fact: "field", name: "email", op: "eq", value: email },
      { fact: "field", name: "city", op: "set" },
    ],
  };
  await visit(page, `/customers?filter=${encodeURIComponent(JSON.stringify(filter))}`);
  await page.getByRole("button", { name: "Conditions", exact: true }).click();
  const drawer = page.getByRole("dialog");
  await expect.poll(() => drawer.getByTestId("live-count").textContent()).toBe("1");
  await drawer.getByRole("list", { name: "Who is left after each part" }).getByRole("listitem").nth(1).waitFor();
  await expectPresentable(page, "customers-conditions");
  await page.keyboard.press("Escape");
});

test("of several segments one per group may suffice", async () => {
  const { page } = on;
  type Segment = { id: number; name: string; groupId: number; size: number };
  const { items } = await api<{ items: Segment[] }>(page, "GET", "/api/segments");
  const [first] = items.filter(({ size }) => size > 0);
  const second = items.find(({ groupId, id }) => groupId === first?.groupId && id !== first.id);
  const third = items.find(({ groupId, size }) => groupId !== first?.groupId && size > 0);
  const ids = [first?.id, second?.id, third?.id];
  await visit(page, `/customers?segments=${encodeURIComponent(JSON.stringify(ids))}`);
  await page
    .getByRole("radiogroup", { name: /one of each group/ })
    .getByText("one per group", { exact: true })
    .click();
  await expect.poll(() => page.url()).toContain("mode=groups");
  const [a, b, c] = ids.map((id) => ({ fact: "segment", id, op: "in" }));
  const query = new URLSearchParams({
    filter: JSON.stringify({ all: [{ any: [a, b] }, c] }),
    count: "true",
    limit: "1",
  });
  const { total } = await api<{ total: number }>(page, "GET", `/api/customers?${query}`);
  await page.getByText(total === 1 ? "1 customer" : `${total} customers`, { exact: true }).waitFor();
  await expectPresentable(page, "customers-per-group");
  await page.getByRole("link", { name: "Save as segment" }).waitFor();
});

test("the course of time leads to what happened up to then", async () => {
  const { page } = on;
  const busy = await api<{ id: number }>(page, "POST", "/api/customers", { lastname: `Busy ${stamp}` });
  const type = `busy_${stamp}`;
  await api(page, "POST", "/api/activity-types", { name: type, label: `Did ${stamp}` });
  const activity = (days: number, note: string) => {
    const occurredAt = new Date(Date.now() - days * 86_400_000).toISOString();
    return { customer: { id: busy.id }, type, occurredAt, attributes: { note } };
  };
  const activities = [activity(60, "long ago"), activity(59.9, "long ago too"), activity(0.1, "today")];
  await api(page, "POST", "/api/activities", { activities });
  await visit(page, `/customers/${busy.id}`);
  const strip = page.getByRole("toolbar", { name: "How much happened when" });
  await strip.getByRole("button", { name: /^2 activities from/ }).click();
  await page.getByText("long ago too").waitFor();
  await page.getByText("today", { exact: true }).waitFor({ state: "hidden" });
  expect(page.url()).toContain("until=");
  await expectPresentable(page, "customer-density");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByText("long ago too").waitFor();
  expect(await strip.getByRole("button", { pressed: true }).count()).toBe(1);
  await page.getByRole("button", { name: "Show up to now" }).click();
  await page.getByText("today", { exact: true }).waitFor();
  await api(page, "DELETE", `/api/customers/${busy.id}`);
});

test("groups that are no filter are not offered as one", async () => {
  const { page } = on;
  const made = async (name: string, showAsFilter: boolean) => {
    const group = await api<{ id: number }>(page, "POST", "/api/segment-groups", {
      name,
      reference: name,
      calculated: false,
      showAsFilter,
    });
    const body = { groupId: group.id, name: `In ${name}`, reference: name };
    return { group: group.id, segment: (await api<{ id: number }>(page, "POST", "/api/segments", body)).id };
  };
  const offered = await made(`offered-${stamp}`, true);
  const hidden = await made(`hidden-${stamp}`, false);
  await visit(page, "/customers");
  const filter = page.getByRole("combobox", { name: "Segments" });
  await filter.fill(stamp);
  await page.getByRole("option", { name: `In offered-${stamp}` }).waitFor();
  expect(await page.getByRole("option", { name: `In hidden-${stamp}` }).count()).toBe(0);
  await visit(page, `/customers?segments=${encodeURIComponent(JSON.stringify([hidden.segment]))}`);
  await page.getByText(`In hidden-${stamp}`).first().waitFor();
  for (const { group, segment } of [offered, hidden]) {
    await api(page, "DELETE", `/api/segments/${segment}`);
    await api(page, "DELETE", `/api/segment-groups/${group}`);
  }
});

test("deleting asks first", async () => {
  const { page } = on;
  await visit(page, `/customers?q=${encodeURIComponent(email)}`);
  await page.getByRole("link", { name: `Browser Test${stamp}` }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete customer" }).click();
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await visit(page, `/customers?q=${encodeURIComponent(email)}`);
  await page.getByText("Nobody fits").waitFor();
});

test("a customer who is not there is said to be gone, with a way on", async () => {
  const { page } = on;
  await visit(page, "/customers/999999999");
  await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
  await page.getByRole("link", { name: "To the dashboard" }).waitFor();
});
