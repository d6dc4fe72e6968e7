// What the audit log is narrowed to: who, what he did, to which thing, when, and a text. All of it stands in the address.
import { Button, Group, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { get, type Query } from "@/api/client";
import type { ApiKey, AuditEntry, Page, User } from "@/api/types";
import { dayAfter, MomentInput, startOf } from "@/parts/moment-input";
import { readable } from "@/parts/readable";
import { SearchInput } from "@/parts/search-input";
import type { AuditSearch } from "@/searches";
import { useMay } from "@/shell/session";

const route = getRouteApi("/inside/audit");
const CHOICES_MAX = 500;
const TEXT_MAX = 200;

const things = [
  "activity",
  "activity_type",
  "admin_user",
  "api_key",
  "bulk_action",
  "company",
  "consent",
  "customer",
  "duplicate",
  "duplicates",
  "export",
  "field",
  "import",
  "job",
  "link",
  "merge_quarantine",
  "message",
  "role",
  "rule",
  "rule_plan",
  "saved_view",
  "segment",
  "segment_builder",
  "segment_group",
  "settings",
  "subscription",
  "suppression",
  "template",
  "webhook",
  "webhook_delivery",
] as const;

const deeds = [
  "add",
  "add_note",
  "add_shortcut",
  "answer",
  "cancel",
  "change_members",
  "create",
  "decline",
  "delete",
  "dismiss",
  "download",
  "drop",
  "end_sessions",
  "finish",
  "import",
  "merge",
  "owner_deleted",
  "rebuild",
  "remove",
  "remove_note",
  "remove_shortcut",
  "reopen",
  "replay",
  "resend",
  "retry",
  "revoke",
  "rotate",
  "run",
  "search",
  "set",
  "sign_in",
  "sign_in_failed",
  "sign_out",
  "switch_off",
  "take_back",
  "test",
  "undo",
  "unmerge",
  "unshare",
  "update",
] as const;

/** What the server is asked for: days of the reader's calendar are moments there. */
export function askedOf({ from, to, ...others }: AuditSearch): Query {
  return { ...others, from: from && startOf(from), until: to && startOf(dayAfter(to)) };
}

function useNarrow(): (part: AuditSearch) => void {
  const navigate = route.useNavigate();
  return (part) => navigate({ search: (before) => ({ ...before, ...part }), replace: true });
}

export function AuditFilters({ entries }: { entries: AuditEntry[] }) {
  const t = useTranslations("admin");
  const { q, from, to } = route.useSearch();
  const narrow = useNarrow();
  return (
    <Group gap="xs" p="sm">
      <SearchInput
        w={{ base: "100%", sm: 210 }}
        label={t("searchAudit")}
        maxLength={TEXT_MAX}
        value={q}
        onSearch={(wanted) => narrow({ q: wanted })}
      />
      <ActorFilter entries={entries} />
      <DeedFilter />
      <ThingFilter />
      <Group gap={6} wrap="nowrap">
        <MomentInput
          w={150}
          kind="date"
          aria-label={t("fromDay")}
          title={t("fromDay")}
          value={from ?? null}
          onChange={(day) => narrow({ from: day ?? undefined })}
        />
        <span aria-hidden>–</span>
        <MomentInput
          w={150}
          kind="date"
          aria-label={t("toDay")}
          title={t("toDay")}
          value={to ?? null}
          onChange={(day) => narrow({ to: day ?? undefined })}
        />
      </Group>
      <OneThing />
    </Group>
  );
}

/** People and keys, for those who may know them all; everybody else takes them from a line of the log. */
function ActorFilter({ entries }: { entries: AuditEntry[] }) {
  const t = useTranslations("admin");
  const actors = useTranslations("parts.actors");
  const may = useMay();
  const { actor } = route.useSearch();
  const narrow = useNarrow();
  const { data: known = [] } = useQuery({ ...actorsQuery, enabled: may("users:read") });
  const others = (["operator", "anonymous", "system"] as const).map((kind) => ({ value: kind, label: actors(kind) }));
  const options = [...known, ...others];
  const isForeign = actor !== undefined && !options.some(({ value }) => value === actor);
  const seen = entries.find((entry) => `${entry.actor.kind}:${entry.actor.id}` === actor);
  return (
    <Choice
      label={t("actor")}
      all={t("everybody")}
      value={actor}
      options={isForeign ? [...options, { value: actor, label: seen?.actor.name ?? actor }] : options}
      onChange={(chosen) => narrow({ actor: chosen })}
    />
  );
}

const actorsQuery = {
  queryKey: ["/api/users", "/api/api-keys", "names"],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const [users, keys] = await Promise.all([
      get<Page<User>>("/api/users", { limit: CHOICES_MAX }, signal),
      get<Page<ApiKey>>("/api/api-keys", { limit: CHOICES_MAX }, signal),
    ]);
    return [
      ...users.items.map(({ id, name }) => ({ value: `admin_user:${id}`, label: name })),
      ...keys.items.map(({ id, name, prefix }) => ({ value: `api_key:${id}`, label: `${name} (${prefix}…)` })),
    ];
  },
};

function DeedFilter() {
  const t = useTranslations("admin");
  const words = useTranslations("admin.deeds");
  const { action } = route.useSearch();
  const narrow = useNarrow();
  const wordOf = (deed: string) => (words.has(deed as never) ? words(deed as never) : readable(deed));
  return (
    <Choice
      label={t("action")}
      all={t("everyDeed")}
      value={action}
      options={named(deeds, action, wordOf)}
      onChange={(chosen) => narrow({ action: chosen })}
    />
  );
}

/** A thing of one kind is none of another. */
function ThingFilter() {
  const t = useTranslations("admin");
  const { entityType } = route.useSearch();
  const narrow = useNarrow();
  return (
    <Choice
      label={t("entity")}
      all={t("everything")}
      value={entityType}
      options={named(things, entityType, useThing())}
      onChange={(chosen) => narrow({ entityType: chosen, entityId: undefined })}
    />
  );
}

/** Comes from a line of the log; here it can only be taken away. */
function OneThing() {
  const t = useTranslations("admin");
  const { entityType, entityId } = route.useSearch();
  const narrow = useNarrow();
  const wordOf = useThing();
  if (!entityType || entityId === undefined) return null;
  return (
    <Button
      variant="light"
      rightSection={<IconX size={14} />}
      aria-label={`#${entityId}: ${t("showAllOf", { thing: wordOf(entityType) })}`}
      onClick={() => narrow({ entityId: undefined })}
    >
      #{entityId}
    </Button>
  );
}

type Option = { value: string; label: string };

/** In the order of the alphabet, with what is chosen even if this app does not know it. */
function named(known: readonly string[], chosen: string | undefined, wordOf: (name: string) => string): Option[] {
  const all = chosen === undefined || known.includes(chosen) ? known : [...known, chosen];
  return all.map((value) => ({ value, label: wordOf(value) })).sort((a, b) => a.label.localeCompare(b.label));
}

type ChoiceProps = {
  label: string;
  all: string;
  value: string | undefined;
  options: Option[];
  onChange: (chosen: string | undefined) => void;
};

function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  return (
    <Select
      w={190}
      searchable
      aria-label={label}
      allowDeselect={false}
      value={value ?? "all"}
      onChange={(chosen) => onChange(chosen === null || chosen === "all" ? undefined : chosen)}
      data={[{ value: "all", label: all }, ...options]}
    />
  );
}

/** Kinds of things in the reader's language; those this app does not know yet are made readable. */
export function useThing(): (kind: string) => string {
  const t = useTranslations("admin.things");
  return (kind) => (t.has(kind as never) ? t(kind as never) : readable(kind));
}
