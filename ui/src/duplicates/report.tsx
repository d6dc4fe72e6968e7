// How well duplicates are found: what people said of pairs by score, the last run, and what the model has learned.
import { Badge, Group, Progress, SimpleGrid, Stack, Table, Tabs, Text } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import type { DuplicateBand, DuplicateModel, DuplicateReport, DuplicateRun } from "@/api/types";
import { useFieldLabel } from "@/customers/field-label";
import { CustomerLink } from "@/customers/link";
import { Count } from "@/parts/count";
import { Empty } from "@/parts/empty";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { When } from "@/parts/when";
import { reportQuery } from "./queries";
import { RunFigures } from "./searching";
import { useJudgedField, useLevel } from "./words";
import "./review.css";

/** The names of both customers are asked for one by one. */
const REJECTED_SHOWN = 20;

export function DuplicateReportPage() {
  const t = useTranslations("duplicates");
  const { data: report, error, refetch } = useQuery(reportQuery);
  if (error && !report) return <PageFailure error={error} retry={refetch} />;
  if (!report) return <Loading />;
  return (
    <Page title={t("reportTitle")} hint={t("reportHint")} back={{ to: "/duplicates", label: t("title") }}>
      <Stack gap="md">
        <Figures report={report} />
        <Bands bands={report.bands} />
        {report.model ? (
          <Model model={report.model} />
        ) : (
          <Card>
            <Empty title={t("noModel")} hint={t("noModelHint")} icon={IconChartBar} />
          </Card>
        )}
        {report.lastRun && <Rejected run={report.lastRun} />}
      </Stack>
    </Page>
  );
}

function Figures({ report: { indexed, open, declined, lastRun, model } }: { report: DuplicateReport }) {
  const t = useTranslations("duplicates");
  const figures = [
    { label: t("indexed"), of: indexed },
    { label: t("tabs.open"), of: open },
    { label: t("tabs.declined"), of: declined },
    { label: t("expected"), of: model && Math.round(model.expectedSame) },
  ];
  return (
    <Card title={t("figures")}>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {figures.map(({ label, of }) => (
          <div key={label}>
            <Text size="xl" fw={650}>
              <Count of={of} />
            </Text>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {lastRun && (
        <Text size="sm" c="dimmed" mt="md">
          {t("lastRun")} <When at={lastRun.at} />: <RunFigures run={lastRun} />
        </Text>
      )}
    </Card>
  );
}

/** Of pairs that were merged and of those that were declined, the share that was merged. */
function Bands({ bands }: { bands: DuplicateBand[] }) {
  const t = useTranslations("duplicates");
  const format = useFormatter();
  const percent = (share: number) => format.number(share, { style: "percent", maximumFractionDigits: 1 });
  const columns = [t("band"), t("merges"), t("declines"), t("right")];
  return (
    <Card flush title={t("bands")} hint={t("bandsHint")}>
      <Table className="compared" aria-label={t("bands")}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...bands].reverse().map(({ from, to, same, different }) => (
            <Table.Tr key={from}>
              <Table.Th scope="row">
                {percent(from)} – {percent(to)}
              </Table.Th>
              <Table.Td>
                <Count of={same} />
              </Table.Td>
              <Table.Td>
                <Count of={different} />
              </Table.Td>
              <Table.Td>
                <Right same={same} different={different} percent={percent} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

type RightProps = Pick<DuplicateBand, "same" | "different"> & { percent: (share: number) => string };

function Right({ same, different, percent }: RightProps) {
  const t = useTranslations("duplicates");
  const all = same + different;
  if (all === 0) return <Text span inherit c="dimmed">{`– ${t("notReviewed")}`}</Text>;
  const share = same / all;
  return (
    <Group gap="xs" wrap="nowrap">
      <Progress flex={1} maw={160} size="sm" value={100 * share} aria-label={t("right")} />
      <span className="figures">{percent(share)}</span>
    </Group>
  );
}

function Model({ model }: { model: DuplicateModel }) {
  const t = useTranslations("duplicates");
  const fieldOf = useJudgedField();
  const first = model.fields[0]?.field;
  return (
    <Card flush title={t("model")} hint={t("modelHint", { customers: model.customers })}>
      <Tabs defaultValue={first} keepMounted={false}>
        <Tabs.List px="xs">
          {model.fields.map(({ field }) => (
            <Tabs.Tab key={field} value={field}>
              {fieldOf(field)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {model.fields.map((field) => (
          <Tabs.Panel key={field.field} value={field.field}>
            <Weights field={field} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}

function Weights({ field: { levels, frequent, field } }: { field: DuplicateModel["fields"][number] }) {
  const t = useTranslations("duplicates");
  const format = useFormatter();
  const levelOf = useLevel();
  const fieldOf = useJudgedField();
  const percent = (share: number) =>
    format.number(share, { style: "percent", maximumSignificantDigits: share < 0.01 ? 2 : 3 });
  const columns = [t("level"), t("amongPerson"), t("amongHousehold"), t("amongChance"), t("weight")];
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table className="compared figures" aria-label={t("weightsOf", { field: fieldOf(field) })}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {levels.map(({ level, person, household, chance, bits }) => (
              <Table.Tr key={level}>
                <Table.Th scope="row">{levelOf(level)}</Table.Th>
                <Table.Td>{percent(person)}</Table.Td>
                <Table.Td>{percent(household)}</Table.Td>
                <Table.Td>{percent(chance)}</Table.Td>
                <Table.Td style={{ whiteSpace: "nowrap" }}>
                  {t("bits", { bits: format.number(bits, { maximumFractionDigits: 1, signDisplay: "exceptZero" }) })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {frequent.length > 0 && (
        <Stack gap={6} px="md" pb="md">
          <Text size="sm" c="dimmed">
            {t("frequent")}
          </Text>
          <Group gap={6}>
            {frequent.map(({ value, share }) => (
              <Badge key={value} color="gray">
                {value} · {percent(share)}
              </Badge>
            ))}
          </Group>
        </Stack>
      )}
    </>
  );
}

function Rejected({ run: { rejected } }: { run: DuplicateRun }) {
  const t = useTranslations("duplicates");
  const labelOf = useFieldLabel();
  if (rejected.length === 0) return null;
  return (
    <Card flush title={t("rejected")} hint={t("rejectedHint")}>
      <Table className="compared" aria-label={t("rejected")}>
        <Table.Tbody>
          {rejected.slice(0, REJECTED_SHOWN).map(({ customerId, otherId, rule, field, score, threshold }) => (
            <Table.Tr key={`${customerId} ${otherId} ${rule}`}>
              <Table.Td>
                <CustomerLink id={customerId} /> · <CustomerLink id={otherId} />
              </Table.Td>
              <Table.Td>{rule}</Table.Td>
              <Table.Td>{t("rejectedBy", { field: labelOf(field), score, threshold })}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {REJECTED_SHOWN < rejected.length && (
        <Text size="sm" c="dimmed" p="md">
          {t("more", { count: rejected.length - REJECTED_SHOWN })}
        </Text>
      )}
    </Card>
  );
}
