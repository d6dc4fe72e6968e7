// Every page that is always there, light and dark: no violation of axe's rules, no error on the console, and a screenshot to look at.
import { describePage, LIGHT_FIRST } from "./pages";
import { stage } from "./stage";

const fixed: Record<string, string> = {
  dashboard: "/",
  customers: "/customers",
  "customer-new": "/customers/new",
  duplicates: "/duplicates",
  "duplicates-report": "/duplicates/report",
  merge: "/merge",
  "settings-duplicates": "/duplicate-settings",
  companies: "/companies",
  "company-new": "/companies/new",
  import: "/import",
  exports: "/exports",
  bulk: "/bulk",
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
  roles: "/roles",
  "role-new": "/roles/new",
  role: "/roles/editor",
  keys: "/keys",
  webhooks: "/webhooks",
  "webhook-new": "/webhooks/new",
  jobs: "/jobs",
  audit: "/audit",
  "not-found": "/nowhere",
};

const on = stage();
for (const [name, path] of Object.entries(fixed)) describePage(on, name, LIGHT_FIRST, async () => path);
