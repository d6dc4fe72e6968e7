// What the list of messages is narrowed to: state, with how many there are of each; recipient, template, rule, and what is ambiguous.
import { Button, Chip, Group, Select, Stack } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import { Between } from "@/parts/between";
import { SearchInput } from "@/parts/search-input";
import { type MessagesSearch, messageStates, waysBack } from "@/searches";
import { useMay } from "@/shell/session";
import { countsQuery, ruleNamesQuery, templateNamesQuery } from "./queries";

const route = getRouteApi("/inside/messages");

function useNarrow(): (part: MessagesSearch) => void {
  const navigate = route.useNavigate();
  return (part) => navigate({ search: (before) => ({ ...before, ...part }), replace: true });
}

export function MessageFilters() {
  return (
    <Stack gap="xs" p="sm">
      <States />
      <Group gap="xs">
        <RecipientSearch />
        <TemplateFilter />
        <RuleFilter />
        <AmbiguousFilter />
        <WayBackFilter />
        <CustomerFilter />
        <DaysFilter />
      </Group>
    </Stack>
  );
}

function States() {
  const t = useTranslations("mail");
  const format = useFormatter();
  const { state, ...others } = route.useSearch();
  const narrow = useNarrow();
  const { data: counts } = useQuery(countsQuery(others));
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0);
  const labelOf = (name: string, count: number | undefined) =>
    count === undefined ? name : `${name} ${format.number(count)}`;
  return (
    <Chip.Group
      value={state ?? "all"}
      onChange={(value) => narrow({ state: messageStates.find((one) => one === value) })}
    >
      <Group gap={4} role="radiogroup" aria-label={t("state")} className="figures">
        <Chip size="xs" value="all">
          {labelOf(t("allStates"), all)}
        </Chip>
        {messageStates.map((value) => (
          <Chip key={value} size="xs" value={value}>
            {labelOf(t(`states.${value}`), counts?.[value])}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function RecipientSearch() {
  const t = useTranslations("mail");
  const { q } = route.useSearch();
  const narrow = useNarrow();
  return (
    <SearchInput
      w={{ base: "100%", sm: 200 }}
      label={t("searchRecipient")}
      value={q}
      onSearch={(wanted) => narrow({ q: wanted })}
    />
  );
}

function TemplateFilter() {
  const t = useTranslations("mail");
  const { templateId } = route.useSearch();
  const narrow = useNarrow();
  const { data: templates = [] } = useQuery(templateNamesQuery);
  return (
    <Choice
      label={t("template")}
      all={t("allTemplates")}
      value={templateId}
      options={templates}
      onChange={(chosen) => narrow({ templateId: chosen })}
    />
  );
}

function RuleFilter() {
  const t = useTranslations("mail");
  const may = useMay();
  const { ruleId } = route.useSearch();
  const narrow = useNarrow();
  const { data: rules = [] } = useQuery({ ...ruleNamesQuery, enabled: may("rules:read") });
  if (!may("rules:read")) return null;
  return (
    <Choice
      label={t("rule")}
      all={t("allRules")}
      value={ruleId}
      options={rules}
      onChange={(chosen) => narrow({ ruleId: chosen })}
    />
  );
}

type ChoiceProps = {
  label: string;
  all: string;
  value: number | undefined;
  options: { id: number; name: string }[];
  onChange: (id: number | undefined) => void;
};

function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  const known = options.map(({ id, name }) => ({ value: String(id), label: name }));
  const isGone = value !== undefined && !options.some(({ id }) => id === value);
  return (
    <Select
      w={170}
      searchable
      aria-label={label}
      allowDeselect={false}
      value={value === undefined ? "all" : String(value)}
      onChange={(chosen) => onChange(chosen === null || chosen === "all" ? undefined : Number(chosen))}
      data={[{ value: "all", label: all }, ...known, ...(isGone ? [{ value: String(value), label: `#${value}` }] : [])]}
    />
  );
}

function AmbiguousFilter() {
  const t = useTranslations("mail");
  const { ambiguous = false } = route.useSearch();
  const narrow = useNarrow();
  return (
    <Chip size="xs" checked={ambiguous} onChange={(checked) => narrow({ ambiguous: checked || undefined })}>
      {t("onlyAmbiguous")}
    </Chip>
  );
}

function WayBackFilter() {
  const t = useTranslations("mail");
  const { cameBack } = route.useSearch();
  const narrow = useNarrow();
  return waysBack.map((way) => (
    <Chip
      key={way}
      size="xs"
      checked={cameBack === way}
      onChange={(checked) => narrow({ cameBack: checked ? way : undefined })}
    >
      {t(`waysBack.${way}`)}
    </Chip>
  ));
}

/** Comes from the dashboard. */
function DaysFilter() {
  const { from, until } = route.useSearch();
  const narrow = useNarrow();
  return <Between from={from} until={until} clear={() => narrow({ from: undefined, until: undefined })} />;
}

/** Comes from a customer's page; here it can only be taken away. */
function CustomerFilter() {
  const t = useTranslations("mail");
  const { customerId } = route.useSearch();
  const narrow = useNarrow();
  if (customerId === undefined) return null;
  return (
    <Button variant="light" rightSection={<IconX size={14} />} onClick={() => narrow({ customerId: undefined })}>
      {t("onlyCustomer", { id: String(customerId) })}
    </Button>
  );
}
