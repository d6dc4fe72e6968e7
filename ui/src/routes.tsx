// The map of the app: every address, what it keeps in its search, and the file that draws it, fetched only when it is visited.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "./api/problem";
import { Loading } from "./parts/loading";
import { RouteFailure } from "./parts/route-failure";
import * as searches from "./searches";
import { firstPage } from "./shell/navigation";
import { sessionQuery } from "./shell/session";
import { Shell } from "./shell/shell";
import { fetched } from "./words/fetched";
import { withWords } from "./words/slices";

type Context = { queries: QueryClient };
const ACCOUNT = "/account";

/** A page is there once its words are. */
const lazily: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(() => withWords(() => fetched(load)), name);

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: RouteFailure });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: searches.backSearch,
  component: lazily(() => import("./admin/sign-in"), "SignIn"),
});
const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: searches.setUpSearch,
  component: lazily(() => import("./admin/set-up"), "SetUp"),
});

/** All pages below this one are for people who are signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      const { owesSecondFactor } = await context.queries.ensureQueryData(sessionQuery);
      // The server refuses everything else until it is set up.
      if (owesSecondFactor && location.pathname !== ACCOUNT) throw redirect({ to: ACCOUNT });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const back = location.pathname === "/" ? undefined : location.pathname + location.searchStr;
      throw redirect({ to: "/login", search: { back } });
    }
  },
});

const dashboard = createRoute({
  getParentRoute: () => inside,
  path: "/",
  validateSearch: searches.dashboardSearch,
  beforeLoad: async ({ context }) => {
    const { permissions } = await context.queries.ensureQueryData(sessionQuery);
    const to = firstPage(permissions);
    if (to !== "/") throw redirect({ to });
  },
  component: lazily(() => import("./dashboard/page"), "DashboardPage"),
});
const account = createRoute({
  getParentRoute: () => inside,
  path: ACCOUNT,
  component: lazily(() => import("./admin/account"), "AccountPage"),
});
const customers = createRoute({
  getParentRoute: () => inside,
  path: "/customers",
  validateSearch: searches.customersSearch,
  component: lazily(() => import("./customers/list"), "CustomerList"),
});
const newCustomer = createRoute({
  getParentRoute: () => inside,
  path: "/customers/new",
  component: lazily(() => import("./customers/new"), "NewCustomer"),
});
const customer = createRoute({
  getParentRoute: () => inside,
  path: "/customers/$id",
  validateSearch: searches.customerSearch,
  component: lazily(() => import("./customers/page"), "CustomerPage"),
});
const duplicates = createRoute({
  getParentRoute: () => inside,
  path: "/duplicates",
  validateSearch: searches.duplicatesSearch,
  component: lazily(() => import("./duplicates/page"), "DuplicatesPage"),
});
const duplicateReport = createRoute({
  getParentRoute: () => inside,
  path: "/duplicates/report",
  component: lazily(() => import("./duplicates/report"), "DuplicateReportPage"),
});
const duplicate = createRoute({
  getParentRoute: () => inside,
  path: "/duplicates/$id",
  component: lazily(() => import("./duplicates/one"), "DuplicatePage"),
});
const merging = createRoute({
  getParentRoute: () => inside,
  path: "/merge",
  validateSearch: searches.mergeSearch,
  component: lazily(() => import("./merging/page"), "MergePage"),
});
const companies = createRoute({
  getParentRoute: () => inside,
  path: "/companies",
  validateSearch: searches.companiesSearch,
  component: lazily(() => import("./companies/list"), "CompanyList"),
});
const newCompany = createRoute({
  getParentRoute: () => inside,
  path: "/companies/new",
  component: lazily(() => import("./companies/new"), "NewCompany"),
});
const company = createRoute({
  getParentRoute: () => inside,
  path: "/companies/$id",
  component: lazily(() => import("./companies/page"), "CompanyPage"),
});
const importing = createRoute({
  getParentRoute: () => inside,
  path: "/import",
  component: lazily(() => import("./transfer/page"), "ImportPage"),
});
const oneImport = createRoute({
  getParentRoute: () => inside,
  path: "/import/$id",
  component: lazily(() => import("./transfer/one"), "OneImport"),
});
const exporting = createRoute({
  getParentRoute: () => inside,
  path: "/exports",
  validateSearch: searches.exportsSearch,
  component: lazily(() => import("./exports/page"), "ExportsPage"),
});
const bulkActions = createRoute({
  getParentRoute: () => inside,
  path: "/bulk",
  component: lazily(() => import("./bulk/list"), "BulkList"),
});
const bulkAction = createRoute({
  getParentRoute: () => inside,
  path: "/bulk/$id",
  validateSearch: searches.bulkSearch,
  component: lazily(() => import("./bulk/page"), "BulkPage"),
});
const segments = createRoute({
  getParentRoute: () => inside,
  path: "/segments",
  validateSearch: searches.segmentsSearch,
  component: lazily(() => import("./segments/list"), "SegmentList"),
});
const newSegment = createRoute({
  getParentRoute: () => inside,
  path: "/segments/new",
  validateSearch: searches.newSegmentSearch,
  component: lazily(() => import("./segments/new"), "NewSegment"),
});
const segment = createRoute({
  getParentRoute: () => inside,
  path: "/segments/$id",
  validateSearch: searches.segmentSearch,
  component: lazily(() => import("./segments/page"), "SegmentPage"),
});
const builders = createRoute({
  getParentRoute: () => inside,
  path: "/builders",
  component: lazily(() => import("./builders/list"), "BuilderList"),
});
const newBuilder = createRoute({
  getParentRoute: () => inside,
  path: "/builders/new",
  component: lazily(() => import("./builders/new"), "NewBuilder"),
});
const builder = createRoute({
  getParentRoute: () => inside,
  path: "/builders/$id",
  component: lazily(() => import("./builders/page"), "BuilderPage"),
});
const rules = createRoute({
  getParentRoute: () => inside,
  path: "/rules",
  component: lazily(() => import("./automation/list"), "RuleList"),
});
const newRule = createRoute({
  getParentRoute: () => inside,
  path: "/rules/new",
  component: lazily(() => import("./automation/new"), "NewRule"),
});
const rule = createRoute({
  getParentRoute: () => inside,
  path: "/rules/$id",
  validateSearch: searches.ruleSearch,
  component: lazily(() => import("./automation/page"), "RulePage"),
});
const templates = createRoute({
  getParentRoute: () => inside,
  path: "/templates",
  component: lazily(() => import("./mail/list"), "TemplateList"),
});
const newTemplate = createRoute({
  getParentRoute: () => inside,
  path: "/templates/new",
  component: lazily(() => import("./mail/new"), "NewTemplate"),
});
const template = createRoute({
  getParentRoute: () => inside,
  path: "/templates/$id",
  component: lazily(() => import("./mail/page"), "TemplatePage"),
});
const messages = createRoute({
  getParentRoute: () => inside,
  path: "/messages",
  validateSearch: searches.messagesSearch,
  component: lazily(() => import("./mail/messages"), "MessageList"),
});
const message = createRoute({
  getParentRoute: () => inside,
  path: "/messages/$id",
  component: lazily(() => import("./mail/message"), "MessagePage"),
});
const suppressions = createRoute({
  getParentRoute: () => inside,
  path: "/suppressions",
  validateSearch: searches.suppressionsSearch,
  component: lazily(() => import("./mail/suppressions"), "SuppressionList"),
});
const links = createRoute({
  getParentRoute: () => inside,
  path: "/links",
  component: lazily(() => import("./links/list"), "LinkList"),
});
const newLink = createRoute({
  getParentRoute: () => inside,
  path: "/links/new",
  component: lazily(() => import("./links/new"), "NewLink"),
});
const link = createRoute({
  getParentRoute: () => inside,
  path: "/links/$id",
  component: lazily(() => import("./links/page"), "LinkPage"),
});
const general = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  component: lazily(() => import("./settings/general"), "GeneralSettings"),
});
const duplicateSettings = createRoute({
  getParentRoute: () => inside,
  path: "/duplicate-settings",
  component: lazily(() => import("./duplicates/settings"), "DuplicateSettingsPage"),
});
const fields = createRoute({
  getParentRoute: () => inside,
  path: "/fields",
  component: lazily(() => import("./settings/fields"), "FieldList"),
});
const newField = createRoute({
  getParentRoute: () => inside,
  path: "/fields/new",
  component: lazily(() => import("./settings/field-page"), "NewField"),
});
const field = createRoute({
  getParentRoute: () => inside,
  path: "/fields/$id",
  component: lazily(() => import("./settings/field-page"), "FieldPage"),
});
const activityTypes = createRoute({
  getParentRoute: () => inside,
  path: "/activity-types",
  component: lazily(() => import("./activities/list"), "ActivityTypeList"),
});
const newActivityType = createRoute({
  getParentRoute: () => inside,
  path: "/activity-types/new",
  component: lazily(() => import("./activities/page"), "NewActivityType"),
});
const activityType = createRoute({
  getParentRoute: () => inside,
  path: "/activity-types/$name",
  component: lazily(() => import("./activities/page"), "ActivityTypePage"),
});
const users = createRoute({
  getParentRoute: () => inside,
  path: "/users",
  validateSearch: searches.usersSearch,
  component: lazily(() => import("./admin/users"), "UserList"),
});
const roles = createRoute({
  getParentRoute: () => inside,
  path: "/roles",
  component: lazily(() => import("./admin/role-list"), "RoleList"),
});
const newRole = createRoute({
  getParentRoute: () => inside,
  path: "/roles/new",
  validateSearch: searches.newRoleSearch,
  component: lazily(() => import("./admin/role-page"), "NewRole"),
});
const role = createRoute({
  getParentRoute: () => inside,
  path: "/roles/$key",
  component: lazily(() => import("./admin/role-page"), "RolePage"),
});
const keys = createRoute({
  getParentRoute: () => inside,
  path: "/keys",
  component: lazily(() => import("./admin/keys"), "KeyList"),
});
const webhooks = createRoute({
  getParentRoute: () => inside,
  path: "/webhooks",
  component: lazily(() => import("./webhooks/list"), "WebhookList"),
});
const newWebhook = createRoute({
  getParentRoute: () => inside,
  path: "/webhooks/new",
  component: lazily(() => import("./webhooks/new"), "NewWebhook"),
});
const webhook = createRoute({
  getParentRoute: () => inside,
  path: "/webhooks/$id",
  validateSearch: searches.webhookSearch,
  component: lazily(() => import("./webhooks/page"), "WebhookPage"),
});
const jobs = createRoute({
  getParentRoute: () => inside,
  path: "/jobs",
  validateSearch: searches.jobsSearch,
  component: lazily(() => import("./jobs/list"), "JobList"),
});
const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  validateSearch: searches.auditSearch,
  component: lazily(() => import("./admin/audit"), "AuditLog"),
});
const nowhere = createRoute({
  getParentRoute: () => inside,
  path: "$",
  component: lazily(() => import("./parts/not-found"), "NotFound"),
});

const pages = [
  dashboard,
  account,
  customers,
  newCustomer,
  customer,
  duplicates,
  duplicateReport,
  duplicate,
  merging,
  companies,
  newCompany,
  company,
  importing,
  oneImport,
  exporting,
  bulkActions,
  bulkAction,
  segments,
  newSegment,
  segment,
  builders,
  newBuilder,
  builder,
  rules,
  newRule,
  rule,
  templates,
  newTemplate,
  template,
  messages,
  message,
  suppressions,
  links,
  newLink,
  link,
  general,
  duplicateSettings,
  fields,
  newField,
  field,
  activityTypes,
  newActivityType,
  activityType,
  users,
  roles,
  newRole,
  role,
  keys,
  webhooks,
  newWebhook,
  webhook,
  jobs,
  audit,
  nowhere,
] as const;
const tree = root.addChildren([login, setUp, inside.addChildren(pages)]);

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: import.meta.env.BASE_URL,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: lazily(() => import("./parts/not-found"), "NotFound"),
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
