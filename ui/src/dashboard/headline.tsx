// The four figures at the top of the dashboard, each a link to the customers behind it.
import { Box, SimpleGrid, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { Dashboard } from "@/api/types";
import type { CustomersSearch } from "@/searches";
import { changeOf } from "./change";
import { activeIn, madeIn } from "./range";

export function Headline({ data }: { data: Dashboard }) {
  const t = useTranslations("dashboard");
  const { customers, activities, range } = data;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing={{ base: "xs", sm: "md" }}>
      <Figure label={t("customers")} value={customers.total} search={{}} />
      <Figure label={t("activeCustomers")} value={customers.active} of={customers.total} search={{ active: true }} />
      <Figure
        label={t("newCustomers")}
        value={customers.new}
        before={customers.newBefore}
        search={{ filter: madeIn(range), sort: "-createdAt" }}
      />
      <Figure
        label={t("activities")}
        value={activities.inRange}
        before={activities.inRangeBefore}
        search={{ filter: activeIn(range) }}
      />
    </SimpleGrid>
  );
}

type FigureProps = { label: string; value: number; before?: number; of?: number; search: CustomersSearch };

function Figure({ label, value, before, of, search }: FigureProps) {
  const format = useFormatter();
  return (
    <Box className="card" p="md" pos="relative">
      <Link to="/customers" search={search} className="row-link">
        <Text size="sm" c="dimmed" fw={500} component="span">
          {label}
        </Text>
      </Link>
      <Text fz={{ base: 24, sm: 30 }} fw={650} lh={1.25} lts={-0.6} className="figures">
        {format.number(value)}
      </Text>
      {before !== undefined && <Change value={value} before={before} />}
      {of !== undefined && of > 0 && <Share value={value} of={of} />}
      {before === undefined && of === undefined && <Text size="sm">&nbsp;</Text>}
    </Box>
  );
}

export function Change({ value, before }: { value: number; before: number }) {
  const t = useTranslations("dashboard");
  const format = useFormatter();
  const change = changeOf(value, before);
  if (change === null) {
    return (
      <Text size="sm" c="dimmed">
        {t("noneBefore")}
      </Text>
    );
  }
  const color = change < 0 ? "var(--regulars-bad)" : "var(--regulars-good)";
  return (
    <Text size="sm" c="dimmed">
      <Text span inherit fw={600} className="figures" style={{ color }}>
        {format.number(change, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 1 })}
      </Text>{" "}
      {t("against", { before })}
    </Text>
  );
}

function Share({ value, of }: { value: number; of: number }) {
  const t = useTranslations("dashboard");
  return (
    <Text size="sm" c="dimmed" className="figures">
      {t("share", { share: value / of })}
    </Text>
  );
}
