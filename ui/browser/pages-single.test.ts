// The pages of single things, light and dark: no violation of axe's rules, no error on the console, and a screenshot to look at.
import { DARK_FIRST, describePage } from "./pages";
import { api, stage } from "./stage";

type Listed = { items: { id?: number; name?: string }[] };

/** A list without any has nothing to show. */
const single: Record<string, { list: string; page: (key: string) => string }> = {
  customer: { list: "/api/customers", page: (id) => `/customers/${id}` },
  "customer-attributes": { list: "/api/customers", page: (id) => `/customers/${id}?tab=attributes` },
  "customer-segments": { list: "/api/customers", page: (id) => `/customers/${id}?tab=segments` },
  "customer-consents": { list: "/api/customers", page: (id) => `/customers/${id}?tab=consents` },
  company: { list: "/api/companies", page: (id) => `/companies/${id}` },
  "bulk-action": { list: "/api/bulk", page: (id) => `/bulk/${id}` },
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

const on = stage();
for (const [name, { list, page }] of Object.entries(single)) {
  describePage(on, name, DARK_FIRST, async () => {
    const { items } = await api<Listed>(on.page, "GET", `${list}?limit=1`);
    const first = items[0];
    return first && page(String(first.id ?? first.name));
  });
}
