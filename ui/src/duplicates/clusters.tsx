// Customers who may all be one person, the largest groups first. Two at a time are opened in the workbench.
import { Anchor, Badge, Group, Stack, Text } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Customer, DuplicateCluster } from "@/api/types";
import { customerName } from "@/customers/name";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LinkButton } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import { clustersQuery } from "./queries";
import { Score } from "./score";

/** Larger groups are shown by their first ones. */
const SHOWN_MAX = 8;

export function Clusters() {
  const t = useTranslations("duplicates");
  const { data: clusters, error, refetch } = useQuery(clustersQuery);
  if (error && !clusters) return <Failure error={error} retry={refetch} />;
  if (!clusters) return <LoadingLines lines={8} />;
  if (clusters.length === 0) return <Empty title={t("noClusters")} hint={t("noClustersHint")} icon={IconUsersGroup} />;
  return (
    <Stack gap="sm" p="md">
      <Text size="sm" c="dimmed">
        {t("clustersHint")}
      </Text>
      {clusters.map((cluster) => (
        <Cluster key={cluster.customers[0]?.id} cluster={cluster} />
      ))}
    </Stack>
  );
}

function Cluster({ cluster: { customers, size, probability } }: { cluster: DuplicateCluster }) {
  const t = useTranslations("duplicates");
  const [first, ...others] = customers;
  if (!first) return null;
  const shown = others.slice(0, SHOWN_MAX - 1);
  const more = size - 1 - shown.length;
  return (
    <section className="card">
      <Group gap="xs" px="md" pt="sm">
        <Badge color="gray">{t("people", { count: size })}</Badge>
        <Score pair={{ probability, rules: [] }} />
      </Group>
      <Stack gap={4} p="md" component="ul" m={0} style={{ listStyle: "none" }}>
        <li>
          <Who customer={first} />
        </li>
        {shown.map((customer) => (
          <li key={customer.id}>
            <Group justify="space-between" gap="xs">
              <Who customer={customer} />
              <LinkButton
                to="/merge"
                search={{ survivor: first.id, other: customer.id }}
                size="compact-sm"
                variant="default"
                aria-label={t("compareWith", { one: customerName(customer), other: customerName(first) })}
              >
                {t("compareFirst")}
              </LinkButton>
            </Group>
          </li>
        ))}
        {more > 0 && (
          <Text size="sm" c="dimmed" component="li">
            {t("more", { count: more })}
          </Text>
        )}
      </Stack>
    </section>
  );
}

function Who({ customer }: { customer: Customer }) {
  const { id, email, zip, city, birthDate } = customer;
  const facts = [email, [zip, city].filter(Boolean).join(" "), birthDate, `#${id}`].filter(Boolean).join(" · ");
  return (
    <Text size="sm" component="span">
      <Anchor component={Link} to={`/customers/${id}`} inherit fw={550}>
        {customerName(customer)}
      </Anchor>{" "}
      <Text span inherit c="dimmed">
        {facts}
      </Text>
    </Text>
  );
}
