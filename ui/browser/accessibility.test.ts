// Every page, light and dark: no violation of axe's rules, no error on the console, and a screenshot to look at.
import type { Page } from "playwright-core";
import { describe, test } from "vitest";
import { api, expectAccessible, shoot, stage, visit } from "./stage";

type Listed = { items: { id?: number; name?: string }[] };

const fixed: Record<string, string> = {
  dashboard: "/",
  customers: "/customers",
  "customer-new": "/customers/new",
  companies: "/companies",
  "company-new": "/companies/new",
  import: "/import",
  segments: "/segments",
  "segment-new": "/segments/new",
  builders: "/builders",
  "builder-new": "/builders/new",
  rules: "/rules",
  "rule-new": "/rules/new",
  templates: "/templates",
  "template-new": "/templates/new",
  messages: "/messages",
  links: "/links",
  "link-new": "/links/new",
  suppressions: "/suppressions",
  "settings-general": "/settings",
  fields: "/fields",
  "field-new": "/fields/new",
  "activity-types": "/activity-types",
  "activity-type-new": "/activity-types/new",
  users: "/users",
  keys: "/keys",
  webhooks: "/webhooks",
  "webhook-new": "/webhooks/new",
  jobs: "/jobs",
  audit: "/audit",
  "not-found": "/nowhere",
};

/** Pages of single things; a list without any has nothing to show. */
const single: Record<string, { list: string; page: (key: string) => string }> = {
  customer: { list: "/api/customers", page: (id) => `/customers/${id}` },
  "customer-attributes": { list: "/api/customers", page: (id) => `/customers/${id}?tab=attributes` },
  "customer-segments": { list: "/api/customers", page: (id) => `/customers/${id}?tab=segments` },
  "customer-consents": { list: "/api/customers", page: (id) => `/customers/${id}?tab=consents` },
  company: { list: "/api/companies", page: (id) => `/companies/${id}` },
  segment: { list: "/api/segments", page: (id) => `/segments/${id}` },
  "segment-members": { list: "/api/segments", page: (id) => `/segments/${id}?tab=members` },
  "segment-forecast": { list: "/api/segments", page: (id) => `/segments/${id}?tab=forecast` },
  builder: { list: "/api/segment-builders", page: (id) => `/builders/${id}` },
  rule: { list: "/api/rules", page: (id) => `/rules/${id}` },
  "rule-planned": { list: "/api/rules", page: (id) => `/rules/${id}?tab=planned` },
  "rule-runs": { list: "/api/rules", page: (id) => `/rules/${id}?tab=runs` },
  template: { list: "/api/templates", page: (id) => `/templates/${id}` },
  webhook: { list: "/api/webhooks", page: (id) => `/webhooks/${id}` },
  "webhook-deliveries": { list: "/api/webhooks", page: (id) => `/webhooks/${id}?tab=deliveries` },
  message: { list: "/api/messages", page: (id) => `/messages/${id}` },
  link: { list: "/api/links", page: (id) => `/links/${id}` },
  field: { list: "/api/fields", page: (id) => `/fields/${id}` },
  "activity-type": { list: "/api/activity-types", page: (name) => `/activity-types/${name}` },
};

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  const on = stage({ scheme });
  test.each(Object.keys(fixed))("%s", (name) => check(on.page, name, fixed[name] ?? "/"));
  test.each(Object.keys(single))("%s", async (name) => {
    const { list, page } = single[name] ?? { list: "", page: String };
    const { items } = await api<Listed>(on.page, "GET", `${list}?limit=1`);
    const first = items[0];
    if (first) await check(on.page, name, page(String(first.id ?? first.name)));
  });

  async function check(page: Page, name: string, path: string) {
    await visit(page, path);
    await settled(page);
    await shoot(page, `${scheme}-${name}`);
    await expectAccessible(page, `${path} (${scheme})`);
  }
});

/** Skeletons are gone and nothing is being fetched for the first time. */
async function settled(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction("document.querySelectorAll('main .mantine-Skeleton-root').length === 0");
}
