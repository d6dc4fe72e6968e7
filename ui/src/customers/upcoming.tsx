// What will happen with a customer by itself. For most of them that is nothing, so what says it is fetched for the others only.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { later } from "@/parts/later";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { upcomingQuery } from "./queries";

const UpcomingItems = later(() => import("./upcoming-items"), "UpcomingItems", <LoadingLines lines={2} />);

export function Upcoming({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const { data, error } = useQuery(upcomingQuery(customer.id));
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
      {data && data.length > 0 && <UpcomingItems items={data} customer={customer.id} />}
    </Card>
  );
}
