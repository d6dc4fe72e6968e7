// How the list of deliveries and a single delivery both show a state and a rule.
import { Anchor, Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { DeliveryState } from "@/api/types";
import { useMay } from "@/shell/session";
import { ruleNamesQuery } from "./queries";

const colors: Record<DeliveryState, string> = {
  planned: "gray",
  sending: "blue",
  delivered: "pine",
  failed: "red",
  dead: "red",
};

export function StateBadge({ state }: { state: DeliveryState }) {
  const t = useTranslations("webhooks");
  return <Badge color={colors[state]}>{t(`states.${state}`)}</Badge>;
}

export function RuleCell({ id }: { id: number | null }) {
  const may = useMay();
  const { data: names } = useQuery({ ...ruleNamesQuery, enabled: id !== null && may("rules:read") });
  if (id === null) return "–";
  return (
    <Anchor component={Link} to={`/rules/${id}`} size="sm" className="above-row-link">
      {names?.get(id) ?? `#${id}`}
    </Anchor>
  );
}
