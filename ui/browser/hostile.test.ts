// What others write stays text: names and attributes with HTML run nothing and draw nothing, previews of mails are in a box.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { api, settled, shoot, stage, stamp, visit } from "./stage";

const on = stage();
const html = (of: string) => `<img src=x onerror="window.hit='${of}'"> ${of} ${stamp}`;
const made: Record<string, number> = {};

beforeAll(async () => {
  const { page } = on;
  const create = async (what: string, body: object) =>
    (await api<{ id: number }>(page, "POST", `/api/${what}`, body)).id;
  const type = `hostile_${stamp}`;
  await api(page, "POST", "/api/activity-types", { name: type, label: html("type") });
  made.customers = await create("customers", {
    email: `hostile.${stamp}@example.org`,
    firstname: html("first"),
    lastname: html("last"),
    city: html("city"),
  });
  const done = { customer: { id: made.customers }, type, attributes: { note: html("attribute") } };
  // So many that the dashboard names the type among the most frequent.
  const activities = Array.from({ length: 200 }, (_, at) => ({
    ...done,
    occurredAt: new Date(Date.now() - at * 60_000).toISOString(),
  }));
  await api(page, "POST", "/api/activities", { activities });
  made["segment-groups"] = await create("segment-groups", {
    name: html("group"),
    reference: `hostile-${stamp}`,
    calculated: false,
  });
  made.segments = await create("segments", {
    groupId: made["segment-groups"],
    name: html("segment"),
    reference: `hostile-${stamp}`,
  });
  await api(page, "POST", `/api/segments/${made.segments}/members`, { add: [made.customers] });
  const condition = { fact: "segment", id: made.segments, op: "in" };
  const rule = {
    name: html("rule"),
    active: false,
    triggers: [{ type: "new_activity", activityType: type }],
    condition,
  };
  made.rules = await create("rules", { ...rule, actions: [{ type: "add_segment", segmentId: made.segments }] });
  made.templates = await create("templates", {
    name: html("template"),
    kind: "transactional",
    subject: html("subject"),
    html: `<p>Hello</p><script>window.hit = parent.hit = "script"</script>${html("body")}`,
  });
});

// What they do to the pages of other tests would be said there.
afterAll(async () => {
  for (const what of ["rules", "templates", "segments", "segment-groups", "customers"])
    await api(on.page, "DELETE", `/api/${what}/${made[what]}`);
});

const pages: [string, () => string, string][] = [
  ["the list of customers", () => `/customers?q=hostile.${stamp}`, "last"],
  ["the customer", () => `/customers/${made.customers}`, "attribute"],
  ["his segments", () => `/customers/${made.customers}?tab=segments`, "segment"],
  ["the segments", () => "/segments", "segment"],
  ["the segment", () => `/segments/${made.segments}`, "segment"],
  ["the rule", () => `/rules/${made.rules}`, "rule"],
  ["the dashboard", () => "/", "type"],
  ["the audit log", () => `/audit?q=${stamp}`, "rule"],
  ["the template", () => `/templates/${made.templates}`, "template"],
];

test.each(pages)("%s shows HTML as the text it is", async (name, path, word) => {
  const { page } = on;
  await visit(page, path());
  await settled(on);
  const text = page.getByText(`${word} ${stamp}`).or(page.locator(`input[value*="${word} ${stamp}"]`));
  await text.first().waitFor();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(await page.evaluate("window.hit")).toBeUndefined();
  await shoot(page, `hostile-${name.replaceAll(" ", "-")}`);
});

test("the preview of a mail draws its HTML and runs nothing of it", async () => {
  const { page } = on;
  const mail = page.frameLocator("iframe");
  await mail.getByText("Hello", { exact: true }).waitFor();
  await mail.locator("img[src=x]").waitFor({ state: "attached" });
  expect(await page.evaluate("window.hit")).toBeUndefined();
  expect(await page.locator("iframe").getAttribute("sandbox")).toBe("");
  // The browser says of each script that it was not run.
  const refused = on.complaints.splice(0);
  expect(refused.every((complaint) => /Blocked script|Content Security Policy|sandboxed/.test(complaint))).toBe(true);
});

test("neither scripts within a page nor writes from another site are taken", async () => {
  const { page } = on;
  const answer = await page.context().request.get(`${inject("url")}/admin/`);
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/script-src|unsafe-eval/);
  expect(await answer.text()).not.toMatch(/<script(?![^>]*\ssrc=)/);
  const write = await page
    .context()
    .request.post(`${inject("url")}/api/customers`, { data: { email: "a@example.org" } });
  expect(write.status()).toBe(403);
  const cookie = (await page.context().cookies()).find(({ name }) => name.endsWith("regulars_session"));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
});
