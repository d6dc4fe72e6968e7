// Who can be named or reached, and who is anonymous: of all customers, and of the new ones.
import { Progress, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { Condition, Dashboard } from "@/api/types";
import { Count } from "@/parts/count";
import { Card } from "@/parts/page";
import { Against, Line } from "./lists";
import { areAnonymous, areKnown, type Days, madeInAnd } from "./range";

type Props = { customers: Dashboard["customers"]; range: Days };

export function KnownCustomers({ customers, range }: Props) {
  const t = useTranslations("dashboard");
  const { total, known, newKnown, newKnownBefore } = customers;
  const newAnonymous = customers.new - newKnown;
  const newAnonymousBefore = customers.newBefore - newKnownBefore;
  return (
    <Card title={t("knownCustomers")} hint={t("knownHint")}>
      <Stack gap={8}>
        <Progress value={(100 * known) / total} size={6} aria-hidden />
        <Line name={<Lead text={t("known")} filter={areKnown} />}>
          <Share value={known} of={total} /> <Total of={known} />
        </Line>
        <Line name={<Lead text={t("anonymous")} filter={areAnonymous} />}>
          <Share value={total - known} of={total} /> <Total of={total - known} />
        </Line>
        <Line name={<Lead text={t("newKnown")} filter={madeInAnd(range, areKnown)} />}>
          <Against value={newKnown} before={newKnownBefore} /> <Total of={newKnown} />
        </Line>
        <Line name={<Lead text={t("newAnonymous")} filter={madeInAnd(range, areAnonymous)} />}>
          <Against value={newAnonymous} before={newAnonymousBefore} /> <Total of={newAnonymous} />
        </Line>
      </Stack>
    </Card>
  );
}

function Lead({ text, filter }: { text: string; filter: Condition }) {
  return (
    <Link to="/customers" search={{ filter }} className="row-link">
      {text}
    </Link>
  );
}

function Total({ of }: { of: number }) {
  return (
    <Text span inherit c="var(--mantine-color-text)">
      <Count of={of} />
    </Text>
  );
}

function Share({ value, of }: { value: number; of: number }) {
  const format = useFormatter();
  return format.number(value / of, { style: "percent", maximumFractionDigits: 1 });
}
