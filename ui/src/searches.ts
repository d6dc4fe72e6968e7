// What each page keeps in its address: filters, tabs and sorting, read from whatever stands there and never trusted.
import type { Condition } from "@/api/types";

type Raw = Record<string, unknown>;

/** Where to go after signing in, and why the provider's way did not lead in. */
export type BackSearch = { back?: string; problem?: string };
export const backSearch = (raw: Raw): BackSearch => ({ back: text(raw.back), problem: text(raw.problem) });

export type SetUpSearch = { token?: string };
export const setUpSearch = (raw: Raw): SetUpSearch => ({ token: text(raw.token) });

export const dashboardDays = [7, 30, 90, 365] as const;
/** The last days, or those from one day to another. */
export type DashboardSearch = {
  days?: (typeof dashboardDays)[number];
  from?: string;
  to?: string;
  /** The activity by which customers are new or returning. */
  type?: string;
};
export const dashboardSearch = (raw: Raw): DashboardSearch => ({
  days: oneOf(raw.days, dashboardDays),
  from: day(raw.from),
  to: day(raw.to),
  type: text(raw.type),
});

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];
/** A column by its name, `fields.` and the name of a custom field, or one of the list's own. */
export type ViewColumn = { name: string; width?: number | null };

export const segmentModes = ["all", "groups", "any"] as const;
export type CustomersSearch = {
  q?: string;
  /** Where a search text that is a condition looks. */
  fields?: string[];
  sort?: string;
  segments?: number[];
  /** Whether customers are in all of the segments, in one of them, or in one of each group chosen from. */
  mode?: (typeof segmentModes)[number];
  active?: boolean;
  filter?: Condition;
  /** The saved view that is open. Unless it was changed, it says all that stands above. */
  view?: number;
  changed?: true;
  columns?: ViewColumn[];
  density?: Density;
};
export const customersSearch = (raw: Raw): CustomersSearch => ({
  q: text(raw.q),
  fields: texts(raw.fields),
  sort: text(raw.sort),
  segments: numbers(raw.segments),
  mode: oneOf(raw.mode, segmentModes),
  active: typeof raw.active === "boolean" ? raw.active : undefined,
  filter: condition(raw.filter),
  view: number(raw.view),
  changed: raw.changed === true || undefined,
  columns: columns(raw.columns),
  density: oneOf(raw.density, densities),
});

export const duplicateTabs = ["open", "declined", "clusters", "quarantine", "merged"] as const;
export type DuplicatesSearch = {
  tab?: (typeof duplicateTabs)[number];
  q?: string;
  /** The least probability in percent. */
  min?: number;
};
export const duplicatesSearch = (raw: Raw): DuplicatesSearch => ({
  tab: oneOf(raw.tab, duplicateTabs),
  q: text(raw.q),
  min: number(raw.min),
});

export type MergeSearch = { survivor?: number; other?: number };
export const mergeSearch = (raw: Raw): MergeSearch => ({ survivor: number(raw.survivor), other: number(raw.other) });

export type CompaniesSearch = { q?: string };
export const companiesSearch = (raw: Raw): CompaniesSearch => ({ q: text(raw.q) });

export const customerTabs = [
  "timeline",
  "attributes",
  "segments",
  "consents",
  "notes",
  "duplicates",
  "versions",
] as const;
export type CustomerSearch = {
  tab?: (typeof customerTabs)[number];
  kinds?: string[];
  q?: string;
  /** Only what happened before. */
  until?: string;
  why?: number;
};
export const customerSearch = (raw: Raw): CustomerSearch => ({
  tab: oneOf(raw.tab, customerTabs),
  kinds: texts(raw.kinds),
  q: text(raw.q),
  until: moment(raw.until),
  why: number(raw.why),
});

export type SegmentsSearch = { group?: number; q?: string };
export const segmentsSearch = (raw: Raw): SegmentsSearch => ({ group: number(raw.group), q: text(raw.q) });

export type NewSegmentSearch = { group?: number; filter?: Condition };
export const newSegmentSearch = (raw: Raw): NewSegmentSearch => ({
  group: number(raw.group),
  filter: condition(raw.filter),
});

export const segmentTabs = ["definition", "members", "forecast"] as const;
export const forecastDays = [7, 30, 90, 365] as const;
export type SegmentSearch = { tab?: (typeof segmentTabs)[number]; days?: (typeof forecastDays)[number] };
export const segmentSearch = (raw: Raw): SegmentSearch => ({
  tab: oneOf(raw.tab, segmentTabs),
  days: oneOf(raw.days, forecastDays),
});

export const ruleTabs = ["definition", "planned", "runs"] as const;
export const runDays = [1, 7, 30] as const;
export type RuleSearch = {
  tab?: (typeof ruleTabs)[number];
  outcome?: string;
  days?: (typeof runDays)[number];
  /** Moments, in place of the last days. */
  from?: string;
  until?: string;
  customerId?: number;
  run?: number;
};
export const ruleSearch = (raw: Raw): RuleSearch => ({
  tab: oneOf(raw.tab, ruleTabs),
  outcome: text(raw.outcome),
  days: oneOf(raw.days, runDays),
  from: moment(raw.from),
  until: moment(raw.until),
  customerId: number(raw.customerId),
  run: number(raw.run),
});

export const messageStates = ["planned", "sending", "sent", "held", "suppressed", "failed"] as const;
export const waysBack = ["bounced", "complained"] as const;
export type MessagesSearch = {
  state?: (typeof messageStates)[number];
  customerId?: number;
  templateId?: number;
  ruleId?: number;
  /** Only what nobody knows how often it arrived. */
  ambiguous?: true;
  q?: string;
  cameBack?: (typeof waysBack)[number];
  /** Moments: when messages were made or, if that is asked for, came back. */
  from?: string;
  until?: string;
};
export const messagesSearch = (raw: Raw): MessagesSearch => ({
  state: oneOf(raw.state, messageStates),
  customerId: number(raw.customerId),
  templateId: number(raw.templateId),
  ruleId: number(raw.ruleId),
  ambiguous: raw.ambiguous === true || undefined,
  q: text(raw.q),
  cameBack: oneOf(raw.cameBack, waysBack),
  from: moment(raw.from),
  until: moment(raw.until),
});

export const suppressionReasons = ["manual", "bounced", "complained", "unsubscribed", "blocked"] as const;
export type SuppressionsSearch = { q?: string; reason?: (typeof suppressionReasons)[number] };
export const suppressionsSearch = (raw: Raw): SuppressionsSearch => ({
  q: text(raw.q),
  reason: oneOf(raw.reason, suppressionReasons),
});

export const webhookTabs = ["definition", "deliveries"] as const;
export type WebhookSearch = {
  tab?: (typeof webhookTabs)[number];
  state?: string;
  customerId?: number;
  delivery?: number;
};
export const webhookSearch = (raw: Raw): WebhookSearch => ({
  tab: oneOf(raw.tab, webhookTabs),
  state: text(raw.state),
  customerId: number(raw.customerId),
  delivery: number(raw.delivery),
});

export const bulkOutcomes = ["changed", "same", "refused"] as const;
export type BulkSearch = { outcome?: (typeof bulkOutcomes)[number] };
export const bulkSearch = (raw: Raw): BulkSearch => ({ outcome: oneOf(raw.outcome, bulkOutcomes) });

/** `all` shows what others asked for too. */
export type ExportsSearch = { all?: true };
export const exportsSearch = (raw: Raw): ExportsSearch => ({ all: raw.all === true || undefined });

export type JobsSearch = { state?: string; kind?: string };
export const jobsSearch = (raw: Raw): JobsSearch => ({ state: text(raw.state), kind: text(raw.kind) });

/** Only those with a role. */
export type UsersSearch = { role?: string };
export const usersSearch = (raw: Raw): UsersSearch => ({ role: text(raw.role) });

/** The role that a new one begins as. */
export type NewRoleSearch = { from?: string };
export const newRoleSearch = (raw: Raw): NewRoleSearch => ({ from: text(raw.from) });

export type AuditSearch = {
  /** `admin_user:3`, `api_key:7`, `operator`, `anonymous` or `system`. */
  actor?: string;
  action?: string;
  entityType?: string;
  entityId?: number;
  /** Both are days of the reader's calendar that count. */
  from?: string;
  to?: string;
  q?: string;
};
export const auditSearch = (raw: Raw): AuditSearch => ({
  actor: text(raw.actor),
  action: text(raw.action),
  entityType: text(raw.entityType),
  entityId: number(raw.entityId),
  from: day(raw.from),
  to: day(raw.to),
  q: text(raw.q),
});

export const noSearch = (): Record<string, never> => ({});

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function day(value: unknown): string | undefined {
  const isDay = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  return isDay ? value : undefined;
}

function moment(value: unknown): string | undefined {
  return typeof value === "string" && value.includes("T") && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === "string" ? Number(value) : value;
  return typeof parsed === "number" && Number.isFinite(parsed) ? parsed : undefined;
}

function numbers(value: unknown): number[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).map(number).filter((one) => one !== undefined);
  return all.length > 0 ? all : undefined;
}

function texts(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).map(text).filter((one) => one !== undefined);
  return all.length > 0 ? all : undefined;
}

/** Names alone will do. */
export function columns(value: unknown): ViewColumn[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.map(column).filter((one) => one !== undefined);
  return all.length > 0 ? all : undefined;
}

function column(value: unknown): ViewColumn | undefined {
  if (typeof value === "string") return { name: value };
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string")
    return undefined;
  return "width" in value && typeof value.width === "number"
    ? { name: value.name, width: value.width }
    : { name: value.name };
}

function oneOf<T extends string | number>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value || String(one) === value);
}

function condition(value: unknown): Condition | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const isNode = "all" in value || "any" in value || "not" in value || "fact" in value;
  return isNode ? (value as Condition) : undefined;
}
