// The shapes of the HTTP API under the names the pages use, taken from the generated description. Where the description can
// only say "any JSON", or says less than the server promises, the better type stands beside it here and nowhere else.
import type { Condition } from "@/conditions/types";
import type { components } from "./schema";

export type { Condition };

type Schemas = components["schemas"];
/** An answer: absent values are written as null, never left out, although the description calls them optional. */
type Answer<Name extends keyof Schemas, Better = unknown> = Omit<Required<Schemas[Name]>, keyof Better> & Better;
type Json = Record<string, unknown>;

export type Page<T> = { items: T[]; nextCursor: string | null; total: number | null };
export type Problem = Schemas["Problem"];

// Session and admin users

export type Permission = Schemas["Permission"];
export type Role = Answer<"Role">;
export type DescribedPermission = Schemas["DescribedPermission"];
export type Session = Schemas["Session"];
export type SignInStep = Schemas["SignInStep"];
export type SignInWays = Answer<"SignInWays">;
export type OpenSession = Schemas["OpenSession"];
export type SecondFactor = Answer<"SecondFactor">;
export type SecondFactorSecret = Schemas["SecondFactorSecret"];
export type User = Answer<"AdminUser">;
export type ApiKey = Answer<"ApiKey">;
export type NewApiKey = ApiKey & { key: string };
export type Actor = Answer<"Actor">;
export type AuditEntry = Answer<"AuditEntry", { actor: Actor; changes: unknown }>;

// Customers

export type Membership = Answer<"CustomerSegment">;
export type Identity = Schemas["Identity"];
export type Customer = Answer<"Customer", { fields: Json; segments: Membership[]; identities?: Identity[] | null }>;
export type CustomerVersion = Answer<"CustomerVersion", { actor: Actor; changes: Record<string, [unknown, unknown]> }>;
export type Note = Answer<"CustomerNote", { actor: Actor }>;
export type Company = Answer<"Company">;
export type Consent = Schemas["Consent"];
export type ConsentAnswer = Answer<"ConsentAnswer", { actor: Actor }>;
export type Subscription = Schemas["Subscription"];
export type SubscriptionStatus = Schemas["SubscriptionStatus"];
export type TimelineDensity = Schemas["TimelineDensity"];
export type TimelineKind = Schemas["TimelineKind"];
export type TimelineItem = Answer<"TimelineEntry", { detail: Json }>;
export type UpcomingItem = Answer<"UpcomingEntry", { detail: Json }>;
/** One node of an explained condition; groups have children, leaves say what they saw. */
export type ExplainNode = {
  condition?: unknown;
  matches: boolean;
  saw?: unknown;
  counted?: number[];
  /** What was seen is something that the reader may not see. */
  withheld?: boolean;
  children?: ExplainNode[];
};
export type Explanation = { matches: boolean; tree: ExplainNode | null; since: string | null; dueAt: string | null };

// Settings of the instance

export type SaveStep = Schemas["SaveStep"];
export type CopyRule = Schemas["CopyRule"];
export type SavePipeline = {
  steps: Schemas["StepEntry"][];
  requiredFields: string[][];
  duplicateCheck: Required<Schemas["DuplicateCheck"]>;
};
export type MailSettings = Required<Schemas["MailSettings"]>;
export type DuplicateRuleField = Answer<"DuplicateRuleField">;
export type DuplicateRule = { name: string; fields: DuplicateRuleField[] };
export type DuplicateSettings = {
  enabled: boolean;
  scores: Required<Schemas["ScoreSettings"]>;
  rules: DuplicateRule[];
  mergeRules: string[];
};
export type MergingSettings = Schemas["MergingSettings"];
export type Settings = Omit<Schemas["Settings"], "savePipeline" | "mail" | "duplicates"> & {
  savePipeline: SavePipeline;
  mail: MailSettings;
  duplicates: DuplicateSettings;
  version: number;
};

// Custom fields and what conditions may speak of

export type FieldKind = Schemas["FieldKind"];
export type FieldOption = Required<Schemas["FieldOption"]>;
export type Field = Answer<"Field", { options: FieldOption[] }>;
export type CatalogueField = Omit<Schemas["CatalogueField"], "options"> & { options?: FieldOption[] };
export type CatalogueActivityType = Schemas["CatalogueActivityType"];
export type CatalogueSegment = Schemas["CatalogueSegment"];
export type SuggestedValues = Schemas["SuggestedValues"];
export type Catalogue = Omit<Schemas["ConditionCatalogue"], "fields"> & { fields: CatalogueField[] };

// Activities

export type AttributeKind = Schemas["AttributeKind"];
export type ActivityType = Answer<"ActivityType", { attributes: Required<Schemas["AttributeRule"]>[] }>;

// Segments

export type SegmentGroup = Schemas["SegmentGroup"];
export type Segment = Answer<"Segment", { condition: Condition | null; nextCondition: Condition | null }>;
export type Member = Answer<"Member">;
export type SampleCustomer = Schemas["SampleCustomer"];
export type SegmentPreview = Schemas["Preview"];
export type SegmentTrial = Answer<"ConditionTested", { tree: ExplainNode }>;
export type SegmentForecast = Schemas["SegmentForecast"];
export type SegmentDay = Schemas["SegmentDay"];
export type SegmentBuilder = Schemas["SegmentBuilder"];
export type BuilderKind = Schemas["SegmentBuilderKind"];
export type PlannedSegment = Schemas["PlannedSegment"];
export type UncoveredValue = Schemas["UncoveredValue"];
export type SegmentUse = Schemas["SegmentUse"];

// Mail and rules

export type Template = Answer<"MailTemplate">;
export type MailKind = Schemas["MailKind"];
export type QuietPolicy = Schemas["MailQuietHours"];
export type MailVariant = Schemas["MailVariant"];
export type RenderedMail = Schemas["RenderedMail"];
export type MessageState = Schemas["MessageState"];
export type Message = Answer<"Message">;
export type MessageEventKind = Schemas["MessageEventKind"];
export type MessageEvent = Answer<"MessageEvent", { detail: Json }>;
export type MessageStory = Message & { history: MessageEvent[] };
export type Suppression = Answer<"Suppression">;
export type SuppressionReason = Schemas["SuppressionReason"];
export type SuppressionImport = Schemas["SuppressionImport"];
export type LinkDefinition = Answer<
  "Link",
  { attributes: Required<Schemas["LinkAttribute"]>[]; utm: Required<Schemas["Utm"]> }
>;
export type LinkPlaceholder = Schemas["Placed"];
/** Where the description can only say "any JSON". */
type Loose = { condition: Condition; where: Condition | null; attributes: Json; value: unknown };
type Nested = { action: Deed; branches: JourneyBranch[]; parts: JourneyPart[]; otherwise: JourneyStep[] };
type Better = Loose & Nested;
type Wire<Whole> = Whole extends unknown
  ? {
      [Key in keyof Whole]: Key extends keyof Better ? Better[Key] : Whole[Key];
    }
  : never;
export type Trigger = Wire<Schemas["RuleTrigger"]>;
export type TriggerKind = Trigger["type"];
export type Deed = Wire<Schemas["RuleDeed"]>;
export type DeedKind = Deed["type"];
export type Timing = Schemas["RuleActionTiming"];
export type Action = Deed & Timing;
export type JourneyStep = Wire<Schemas["JourneyStep"]>;
export type StepKind = JourneyStep["type"];
export type JourneyBranch = { condition: Condition; steps: JourneyStep[] };
export type JourneyPart = { percent: number; steps: JourneyStep[] };
export type Reentry = Schemas["RuleReentry"];
type RuleParts = {
  triggers: Trigger[];
  actions: Action[];
  steps: JourneyStep[];
  condition: Condition | null;
  exitWhen: Condition | null;
};
export type Rule = Answer<"Rule", RuleParts>;
export type RunOutcome = Schemas["RunOutcome"];
export type RunDeed = { position?: number; path?: string; outcome: string; reason?: string; at?: string };
/** Which leaves of the condition said no, what became of each action, and where on its journey somebody stands. */
export type RunReason = {
  version?: number;
  leaves?: { path: string; saw?: unknown; withheld?: boolean }[];
  actions?: RunDeed[];
  /** Why the condition itself could not be asked. */
  condition?: string;
  problem?: string;
  path?: string;
  until?: string;
  reason?: string;
  byRule?: number;
  lastAt?: string;
  /** Who took it back. */
  by?: string;
};
export type RuleRun = Answer<"ListedRun", { why: RunReason }>;
export type RunningCustomers = Schemas["RunningCustomers"];
export type RulePlan = Answer<"RulePlan", { action: Action | null }>;
export type PlaceCount = Schemas["PlaceCount"];
export type RuleSimulated = Omit<Schemas["RuleSimulated"], "runs" | "plans"> & {
  runs: Omit<RuleRun, "customerName">[];
  plans: RulePlan[];
};
export type RuleReplayed = Omit<Schemas["RuleReplayed"], "entries"> & {
  outcomes: Partial<Record<RunOutcome, number>>;
  entries: Answer<"RuleReplayEntry", { action: Action }>[];
};

// Webhooks

export type Breaker = Answer<"WebhookBreaker">;
export type Webhook = Answer<"Webhook", { breaker: Breaker }>;
export type WebhookWithSecret = Webhook & { secret: string };
export type DeliveryState = Schemas["DeliveryState"];
export type Delivery = Answer<"Delivery">;
export type DeliveryAttempt = Answer<"DeliveryAttempt">;
export type DeliveryDetail = Answer<"DeliveryDetail", { payload: Json; history: DeliveryAttempt[] }>;

// Duplicates and merges

export type DuplicateReason = Schemas["DuplicateReason"];
export type DuplicatePair = Answer<"DuplicatePair", { customers: Customer[] }>;
export type DuplicatePairDetail = DuplicatePair & { cluster: number[] };
export type DuplicateCluster = Omit<Schemas["DuplicateCluster"], "customers"> & { customers: Customer[] };
export type DuplicateRun = Schemas["DuplicateRun"];
export type DuplicateModel = Schemas["DuplicateModel"];
export type DuplicateBand = Schemas["DuplicateBand"];
export type DuplicateReport = Answer<"DuplicateReport">;
export type MergeRule = Schemas["MergeRule"];
export type MergeSide = Schemas["MergeSide"];
export type MergeReason = Schemas["MergeReason"];
export type MergeConflict = Schemas["MergeConflict"];
export type MergedField = Omit<Schemas["MergedField"], "survivor" | "other" | "value"> & {
  survivor: unknown;
  other: unknown;
  value: unknown;
};
export type MergedSegment = Schemas["MergedSegment"];
export type MergePlan = Omit<Schemas["MergePlan"], "fields"> & { fields: MergedField[] };
export type Merge = Answer<
  "Merge",
  { taken: { other: Named; fields: MergedField[] }; actor: Actor; cause: MergeCause }
>;
export type MergeCause = Schemas["MergeCause"];
type Named = { email?: string | null; firstname?: string | null; lastname?: string | null };
export type Quarantined = Answer<"QuarantinedPair">;
/** With what both are called now; null for who is not there any more. */
type NamingBoth = { survivor: Named | null; other: Named | null };
export type ListedMerge = Merge & NamingBoth;
export type ListedQuarantined = Quarantined & NamingBoth;

// Saved views

export type SavedViewColumn = Schemas["SavedViewColumn"];
export type SavedViewState = Answer<"SavedViewState", { condition: Condition | null; columns: SavedViewColumn[] }>;
export type SharedWith = Answer<"SavedViewSharedWith">;
export type SavedView = Answer<"SavedView", { state: SavedViewState; shares: SharedWith[] }>;
export type SavedViewShare = Answer<"SavedViewShare">;
export type SavedViewPerson = Schemas["SavedViewPerson"];
export type SavedViewRole = Schemas["SavedViewRole"];

// Jobs and imports

export type RetriedJobs = Answer<"RetriedJobs">;
export type JobState = Schemas["JobState"];
export type Job = Answer<"Job", { result: unknown }>;
export type Export = Answer<"Export", { owner: Actor }>;
export type NewExport = Schemas["NewExport"];
export type ExportAccepted = Schemas["ExportAccepted"];
export type CustomerFilter = Schemas["CustomerFilter"];
export type BulkDeed = Wire<Schemas["BulkDeed"]>;
export type Bulk = Answer<"BulkAction", { action: BulkDeed; owner: Actor; filter: CustomerFilter | null }>;
export type BulkAccepted = Schemas["BulkAccepted"];
export type BulkOutcome = Answer<"BulkOutcome", { changes: Record<string, [unknown, unknown]> }>;
export type BulkPreview = Answer<"BulkPreview", { samples: BulkOutcome[] }>;
export type ImportKind = Schemas["ImportKind"];
export type ImportOptions = Partial<Schemas["ImportOptions"]>;
export type Import = Answer<"Import">;
export type ImportProblem = Schemas["ImportProblem"];
export type ImportAccepted = Answer<"ImportAccepted">;
export type Peek = { columns: string[]; rows: unknown[][] };

// Dashboard

export type Dashboard = Schemas["Dashboard"];
export type Returning = Schemas["DashboardReturning"];
