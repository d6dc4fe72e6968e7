// Mail: templates in several languages, what became of each message, suppressed addresses, named links, and the limits of marketing.
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, expectPresentable, refused, shoot, stage, stamp, visit } from "./stage";

const on = stage();
type One = { id: number };
type Listed<T> = { items: T[] };
type Message = One & { state: string; templateId: number };

const template = `Browser spring ${stamp}`;
const link = `browser sale ${stamp}`;
const type = `browser_spring_${stamp}`;
const address = `browser.${stamp}@example.com`;
const email = `reader.${stamp}@example.org`;
let limits: object;
let reader: number;
let templateId: number;

/** Lists of suggestions have the label of their input too, and required ones end in a star. */
const input = (label: string) => on.page.locator("main input").and(on.page.getByLabel(new RegExp(`^${label}( \\*)?$`)));

beforeAll(async () => {
  const { page } = on;
  limits = (await api<{ mail: object }>(page, "GET", "/api/settings")).mail;
  reader = (await api<One>(page, "POST", "/api/customers", { email, firstname: "Reader", language: "de" })).id;
});
afterAll(async () => {
  const { page } = on;
  await api(page, "PATCH", "/api/settings", { mail: { quietHours: null, cap: null, ...limits } });
  await api(page, "DELETE", `/api/customers/${reader}`);
});

test("a link is named, given attributes and copied", async () => {
  const { page } = on;
  await visit(page, "/links/new");
  await page.getByLabel("Name").fill(link);
  await page.getByLabel("Leads to").fill("nowhere");
  await input("Activity type").fill(`browser_click_${stamp}`);
  await page.getByRole("button", { name: "Create link" }).click();
  await refused(page.getByLabel("Leads to"));
  await page.getByLabel("Leads to").fill("https://shop.example/sale");
  await page.getByRole("button", { name: "Add attribute" }).click();
  await input("Attribute").fill("campaign");
  await input("Value").fill("spring");
  await page.getByRole("button", { name: "Create link" }).click();
  await page.getByRole("heading", { level: 1, name: link }).waitFor();
  expect(await page.getByRole("textbox", { name: "Short link" }).inputValue()).toMatch(/\/t\/l\/\w+$/);
  await page.getByRole("combobox", { name: "System" }).click();
  await page.getByRole("option", { name: "Another one" }).click();
  await page.getByLabel("Merge tag").fill("%%WHO%%");
  await expect.poll(() => page.getByLabel("Link", { exact: true }).inputValue()).toContain("cmfc=%%WHO%%");
  await expectPresentable(page, "link");
});

test("a template in two languages is refused in the tab of the mistake", async () => {
  const { page } = on;
  await visit(page, "/templates/new");
  await page.getByLabel("Name").fill(template);
  await page.getByText("Marketing", { exact: true }).click();
  await page.getByLabel("Newsletter list").fill("spring");
  await page.getByRole("textbox", { name: "Subject" }).fill("Spring");
  await page.getByRole("button", { name: "Add language" }).click();
  await page.getByRole("textbox", { name: "Language" }).fill("de");
  await page.getByRole("textbox", { name: "Subject" }).fill("Frühling");
  await page.getByRole("textbox", { name: "HTML" }).fill("<p>Hallo {{ customer.nobody }}</p>");
  await page.getByRole("tab", { name: "Any other language" }).click();
  await page.getByRole("button", { name: "Create template" }).click();
  await refused(page.getByRole("textbox", { name: "HTML" }));
  expect(await page.getByRole("tab", { name: "German" }).getAttribute("aria-selected")).toBe("true");
  await page.locator("main").getByText("there is no `customer.nobody`").waitFor();
  await expectPresentable(page, "template-refused");
});

test("placeholders are found by typing and put where the cursor is", async () => {
  const { page } = on;
  const html = page.getByRole("textbox", { name: "HTML" });
  await html.fill("<p>Hallo !</p>");
  await html.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(9, 9));
  await page.getByRole("button", { name: "Insert placeholder" }).click();
  await page.getByLabel("Find a placeholder").fill("customer.lastname");
  await shoot(page, "template-placeholders");
  await page.getByRole("button", { name: /customer\.lastname/ }).click();
  expect(await html.inputValue()).toBe("<p>Hallo {{ customer.lastname }}!</p>");
  await page.getByRole("button", { name: "Insert placeholder" }).click();
  await page.getByLabel("Find a placeholder").fill(link);
  await page.getByRole("button", { name: new RegExp(link) }).click();
  expect(await html.inputValue()).toContain(`{{ link('${link}') }}`);
  await page.getByRole("button", { name: "Create template" }).click();
  await page.getByRole("heading", { level: 1, name: template }).waitFor();
  templateId = Number(page.url().split("/").at(-1));
});

test("it is previewed in any language and tried on an address", async () => {
  const { page } = on;
  await page.getByRole("combobox", { name: "In this language" }).click();
  await page.getByRole("option", { name: "German" }).click();
  await page.getByText("Frühling", { exact: true }).waitFor();
  expect(await page.locator("iframe").getAttribute("sandbox")).toBe("");
  await page.getByLabel("Send a test to").fill("nobody");
  await page.getByRole("button", { name: "Send test" }).click();
  await refused(page.getByLabel("Send a test to"));
  await page.getByLabel("Send a test to").fill("colleague@example.com");
  await page.getByRole("button", { name: "Send test" }).click();
  await page.getByText("A test was sent to colleague@example.com.").waitFor();
  await expectPresentable(page, "template");
});

test("quiet hours and the limit of marketing mails are set", async () => {
  const { page } = on;
  await visit(page, "/settings");
  const quiet = page.getByRole("switch", { name: /^Quiet hours/ });
  if (!(await quiet.isChecked())) await quiet.click({ force: true });
  await input("From").fill("00:01");
  await input("To").fill("00:01");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await refused(input("To"));
  await input("To").fill("00:00");
  const cap = page.getByRole("switch", { name: /^At most so many/ });
  if (!(await cap.isChecked())) await cap.click({ force: true });
  await page.getByLabel("Within days").fill("30");
  await shoot(page, "settings-mail");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const { mail } = await api<{ mail: object }>(page, "GET", "/api/settings");
  expect(mail).toMatchObject({ quietHours: { from: "00:01:00", to: "00:00:00" }, cap: { days: 30 } });
});

test("a mail in quiet hours is held, and dropped by hand", async () => {
  const { page } = on;
  await api(page, "POST", "/api/activity-types", { name: type, label: type });
  const rule = await api<One>(page, "POST", "/api/rules", {
    name: `Browser spring ${stamp}`,
    active: true,
    triggers: [{ type: "new_activity", activityType: type }],
    actions: [{ type: "send_mail", templateId }],
  });
  await api(page, "POST", "/api/activities", { customer: { id: reader }, type });
  const mine = `/api/messages?templateId=${templateId}`;
  await expect
    .poll(async () => (await api<Listed<Message>>(page, "GET", mine)).items[0]?.state, { timeout: 20_000 })
    .toBe("held");
  await visit(page, `/messages?customerId=${reader}`);
  await page.getByText("held", { exact: true }).first().waitFor();
  await expectPresentable(page, "messages");
  await page
    .locator("main label")
    .filter({ hasText: /^sent \d/ })
    .click();
  await page.getByText("Nothing fits").waitFor();
  await page
    .locator("main label")
    .filter({ hasText: /^held 1$/ })
    .click();
  await page.getByRole("table").getByRole("link").click();
  await page.getByRole("heading", { level: 2, name: "What happened" }).waitFor();
  await expectPresentable(page, "message");
  await page.getByRole("button", { name: "Drop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drop", exact: true }).click();
  await page.getByText("Dropped by hand").first().waitFor();
  await page.getByText("suppressed", { exact: true }).waitFor();
  await api(page, "DELETE", `/api/rules/${rule.id}`);
});

test("an address is suppressed, found, and gets mail again after asking", async () => {
  const { page } = on;
  await visit(page, "/suppressions");
  await page.getByRole("button", { name: "Suppress an address" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("nobody");
  await dialog.getByRole("button", { name: "Suppress", exact: true }).click();
  await refused(dialog.getByLabel("Address"));
  await dialog.getByLabel("Address").fill(address);
  await dialog.getByLabel("Note").fill("Asked on the phone");
  await dialog.getByRole("button", { name: "Suppress", exact: true }).click();
  await page.getByText(`${address} gets no mail any more.`).waitFor();
  await page.getByPlaceholder("Address").fill(stamp);
  await expect.poll(() => page.url()).toContain("q=");
  await page.getByRole("table").getByText(address, { exact: true }).waitFor();
  await expectPresentable(page, "suppressions");
  await page.getByRole("button", { name: `Remove ${address}` }).click();
  await page.getByRole("button", { name: "Remove address" }).click();
  await page.getByText("Nothing fits").waitFor();
});

test("a file of addresses is imported, and lines that are none are named", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const text = `one.${stamp}@example.com\nno address\n`;
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "addresses.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: "Import addresses" }).click();
  await page.getByText("1 address was added.").waitFor();
  await page.getByText("1 line is no address: 2").waitFor();
  await shoot(page, "suppressions-import");
  await page.getByRole("button", { name: "Done" }).click();
  await api(page, "DELETE", `/api/suppressions/one.${stamp}@example.com`);
});

test("what was made is deleted after asking", async () => {
  const { page } = on;
  await visit(page, `/templates/${templateId}`);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete template" }).click();
  await page.getByRole("heading", { level: 1, name: "Mail templates" }).waitFor();
  await visit(page, "/links");
  await page.getByRole("link", { name: link }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete link" }).click();
  await page.getByRole("heading", { level: 1, name: "Links" }).waitFor();
});
