// The shapes of the HTTP API under the names the pages use. Pages import from here only, so that the source of the shapes can change in one place.
import type { Condition } from "@/conditions/types";

export type { Condition };

export type Page<T> = { items: T[]; nextCursor: string | null; total: number | null };
export type Problem = { path: string; code: string; message: string };

// Session and admin users

export type Role = "admin" | "editor" | "viewer";
export type Session = {
  user: { id: number; email: string; name: string; role: Role };
  permissions: string[];
  csrfToken: string;
};
export type User = {
  id: number;
  email: string;
  name: string;
  role: Role;
  active: boolean;
  createdAt: string;
  lastLoginAt: string | null;
  version: number;
};
export type ApiKey = {
  id: number;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
};
export type NewApiKey = ApiKey & { key: string };
export type Actor = { kind: "system" | "admin_user" | "api_key" | "operator"; id: number | null; name: string };
export type AuditEntry = {
  id: number;
  at: string;
  actor: Actor;
  action: string;
  entityType: string;
  entityId: number | string | null;
  changes: unknown;
};

// Customers

export type Membership = {
  id: number;
  name: string;
  groupId: number;
  groupName: string;
  reference: string;
  calculated: boolean;
  source: "manual" | "computed" | "rule";
  since: string;
  counter: number;
};
export type Identity = { kind: string; value: string; spelled: string };
export type Customer = {
  id: number;
  token: string;
  published: boolean;
  active: boolean;
  email: string | null;
  emailOk: boolean | null;
  salutation: string | null;
  gender: string | null;
  firstname: string | null;
  lastname: string | null;
  street: string | null;
  zip: string | null;
  city: string | null;
  countryCode: string | null;
  phone: string | null;
  language: string | null;
  timeZone: string | null;
  birthDate: string | null;
  profilingConsent: boolean | null;
  externalIds: Record<string, string>;
  identities?: Identity[];
  fields: Record<string, unknown>;
  segments: Membership[];
  createdAt: string;
  updatedAt: string;
  version: number;
};
export type CustomerVersion = {
  version: number;
  at: string;
  actor: Actor;
  changes: Record<string, [unknown, unknown]>;
};
export type Note = { id: number; at: string; actor: Actor; title: string; text: string };
export type TimelineKind = "activity" | "note" | "segment_entered" | "segment_left" | "edit" | "mail" | "rule";
export type TimelineItem = {
  at: string;
  kind: TimelineKind;
  id: number;
  title: string;
  detail: Record<string, unknown>;
};
export type UpcomingItem = {
  at: string;
  kind: "action" | "segment_check";
  title: string;
  detail: Record<string, unknown>;
};
export type ExplainNode = {
  condition?: unknown;
  matches: boolean;
  saw?: unknown;
  counted?: number[];
  children?: ExplainNode[];
};
export type Explanation = { matches: boolean; tree: ExplainNode; since: string | null; dueAt: string | null };

// Custom fields and what conditions may speak of

export type FieldKind =
  | "text"
  | "number"
  | "boolean"
  | "date"
  | "datetime"
  | "select"
  | "multiselect"
  | "list"
  | "json";
export type FieldOption = { value: string; label: string };
export type Field = {
  id: number;
  name: string;
  label: string;
  kind: FieldKind;
  options: FieldOption[];
  personal: boolean;
  indexed: boolean;
  position: number;
  version: number;
};
export type CatalogueField = { name: string; label: string; kind: FieldKind; options?: FieldOption[] | null };
export type CatalogueActivityType = { name: string; label: string; attributes: { name: string; kind: string }[] };
export type CatalogueSegment = { id: number; name: string; groupName: string; reference: string | null };
export type Catalogue = {
  fields: CatalogueField[];
  activityTypes: CatalogueActivityType[];
  segments: CatalogueSegment[];
  operators: Partial<Record<string, string[]>>;
};

// Activities

export type Activity = {
  id: number;
  customerId: number;
  type: string;
  occurredAt: string;
  externalId: string | null;
  attributes: Record<string, unknown>;
  metadata: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
  version: number;
};
export type AttributeKind = "text" | "number" | "boolean" | "datetime" | "json";
export type ActivityType = {
  name: string;
  label: string;
  closed: boolean;
  attributes: { name: string; kind: AttributeKind; required: boolean }[];
  count: number;
  version: number;
};

// Segments

export type SegmentGroup = {
  id: number;
  name: string;
  reference: string;
  calculated: boolean;
  showAsFilter: boolean;
  sortOrder: number;
  version: number;
};
export type Segment = {
  id: number;
  groupId: number;
  name: string;
  reference: string;
  description: string;
  calculated: boolean;
  condition: Condition | null;
  /** A changed condition that is being evaluated; membership follows it once that is done. */
  nextCondition: Condition | null;
  size: number;
  building: boolean;
  rebuildJobId: number | null;
  version: number;
  createdAt: string;
  updatedAt: string;
};
export type Member = {
  customerId: number;
  since: string;
  counter: number;
  source: string;
  email: string | null;
  firstname: string | null;
  lastname: string | null;
};
export type SampleCustomer = Pick<Customer, "id" | "email" | "firstname" | "lastname">;
export type SegmentPreview = { count: number; sample: SampleCustomer[]; leaves: { path: string; count: number }[] };

// Mail and rules

export type Template = { id: number; name: string; subject: string; html: string; text: string; version: number };
export type RenderedMail = { subject: string; html: string; text: string };
export type MessageState = "queued" | "sending" | "sent" | "failed" | "withheld";
export type Message = {
  id: number;
  customerId: number;
  templateId: number;
  ruleId: number | null;
  recipient: string;
  subject: string;
  state: MessageState;
  problem: string | null;
  createdAt: string;
  sentAt: string | null;
};
export type Trigger = { type: "new_activity"; activityType: string };
export type Action =
  | { type: "add_segment"; segmentId: number; delay?: string | null }
  | { type: "send_mail"; templateId: number; delay?: string | null };
export type Rule = {
  id: number;
  name: string;
  description: string;
  active: boolean;
  position: number;
  triggers: Trigger[];
  condition: Condition | null;
  actions: Action[];
  validFrom: string | null;
  validUntil: string | null;
  version: number;
};
export type RunOutcome =
  | "fired"
  | "failed"
  | "condition_not_met"
  | "outside_validity"
  | "action_done"
  | "action_failed"
  | "action_skipped";
/** Which leaves of the condition said no, or what became of each action. */
export type RunReason = {
  version?: number;
  leaves?: { path: string; saw?: unknown }[];
  actions?: { position: number; outcome: string; reason?: string; at?: string }[];
  /** Why the condition itself could not be asked. */
  condition?: string;
};
export type RuleRun = {
  id: number;
  ruleId: number;
  customerId: number;
  activityId: number | null;
  at: string;
  outcome: RunOutcome;
  why: RunReason;
};

// Jobs and imports

export type JobState = "queued" | "running" | "done" | "dead" | "cancelled";
export type Job = {
  id: number;
  kind: string;
  state: JobState;
  runAt: string;
  attempts: number;
  done: number | null;
  total: number | null;
  result: unknown;
  lastError: string | null;
  createdAt: string;
  finishedAt: string | null;
};
export type ImportKind = "customers" | "activities";
export type Import = {
  id: number;
  kind: ImportKind;
  fileName: string;
  options: ImportOptions;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  rowsDone: number;
  created: number;
  updated: number;
  rejected: number;
  bytesDone: number;
  bytesTotal: number;
  error: string | null;
  jobId: number | null;
  createdAt: string;
  finishedAt: string | null;
};
export type ImportProblem = { row: number; problems: Problem[] };
export type ImportAccepted = { id: number; jobId: number | null };
export type Peek = { columns: string[]; rows: string[][] };
export type ImportOptions = {
  map?: Record<string, string>;
  activityType?: string;
  rowIds?: boolean;
  createCustomers?: boolean;
  dryRun?: boolean;
  delimiter?: string;
  encoding?: string;
  dateFormat?: string;
  timeZone?: string;
  decimalComma?: boolean;
};

// Dashboard

export type Dashboard = {
  customers: { total: number; active: number; new: number; newBefore: number };
  activities: {
    total: number;
    inRange: number;
    inRangeBefore: number;
    byDay: { day: string; count: number }[];
    byType: { type: string; count: number }[];
  };
  segments: { id: number; name: string; groupName: string; size: number; entered: number; left: number }[];
  rules: { id: number; name: string; active: boolean; fired: number; notFired: number }[];
  mail: { queued: number; sent: number; failed: number; withheld: number };
  jobs: { queued: number; running: number; dead: number };
};
