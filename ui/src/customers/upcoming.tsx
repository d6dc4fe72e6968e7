// What will happen with a customer by itself: delayed actions of rules, and moments at which a segment may change.
import { Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconBolt, IconClock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Customer, UpcomingItem } from "@/api/types";
import { useReason } from "@/mail/state";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { When } from "@/parts/when";
import { upcomingQuery } from "./queries";

export function Upcoming({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const { data, error } = useQuery(upcomingQuery(customer.id));
  const reasonOf = useReason();
  const titleOf = ({ kind, title, detail }: UpcomingItem) => {
    if (kind === "segment_check") return t("upcomingCheck");
    const type = (detail.action as { type?: unknown } | undefined)?.type;
    if (type === "add_segment") return t("upcomingSegment", { name: title });
    return type === "send_mail" ? t("upcomingMail", { name: title }) : title;
  };
  return (
    <Card title={t("upcoming")}>
      {!data && !error && <LoadingLines lines={2} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("nothingUpcoming")}
        </Text>
      )}
      {error && (
        <Text size="sm" c="dimmed">
          {t("upcomingUnknown")}
        </Text>
      )}
      <Stack gap="sm">
        {data?.map((item) => (
          <Group key={`${item.kind} ${item.at} ${item.title}`} gap="sm" wrap="nowrap" align="flex-start">
            <ThemeIcon
              size={26}
              radius="xl"
              variant="light"
              color={item.kind === "action" ? "orange" : "blue"}
              aria-hidden
            >
              {item.kind === "action" ? <IconBolt size={14} /> : <IconClock size={14} />}
            </ThemeIcon>
            <div>
              <Text size="sm" fw={550}>
                {titleOf(item)}
              </Text>
              <Text size="xs" c="dimmed">
                {text(item.detail.ruleName)} {text(reasonOf(problemOf(item)))} <When at={item.at} />
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

/** Why a mail waits. */
function problemOf({ detail }: UpcomingItem): string {
  return typeof detail.problem === "string" ? detail.problem : "";
}

function text(value: unknown): string {
  return typeof value === "string" && value !== "" ? `${value} ·` : "";
}
