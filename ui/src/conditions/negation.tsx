// "Not" before a row or a group, and the button that puts it there or takes it away.
import { ActionIcon, Badge, Tooltip } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useTranslations } from "use-intl";

export function NotBadge() {
  const t = useTranslations("conditions.builder");
  return (
    <Badge variant="filled" color="orange.9">
      {t("negate")}
    </Badge>
  );
}

type Props = { what: string; isNegated: boolean; toggle: () => void };

export function NegateButton({ what, isNegated, toggle }: Props) {
  const t = useTranslations("conditions.builder");
  return (
    <Tooltip label={t("opposite")}>
      <ActionIcon
        size={24}
        variant="subtle"
        color={isNegated ? "orange.9" : "gray"}
        aria-pressed={isNegated}
        aria-label={t("negateLabel", { what })}
        onClick={toggle}
      >
        <IconArrowsExchange size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
