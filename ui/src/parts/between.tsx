// Two moments that a list is narrowed to, from elsewhere; here they can only be taken away.
import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useFormatter, useTranslations } from "use-intl";

type Props = { from: string | undefined; until: string | undefined; clear: () => void };

export function Between({ from, until, clear }: Props) {
  const t = useTranslations("parts");
  const format = useFormatter();
  if (!from || !until) return null;
  // The last moment is excluded, as midnight mostly is.
  const days = format.dateTimeRange(new Date(from), new Date(Date.parse(until) - 1), { dateStyle: "medium" });
  return (
    <Button
      variant="light"
      rightSection={<IconX size={14} aria-hidden />}
      aria-label={t("allDays", { days })}
      onClick={clear}
    >
      {days}
    </Button>
  );
}
