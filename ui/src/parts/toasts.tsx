// Short notes that something was done or failed; failures are announced at once and stay longer.
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useErrorText } from "./failure";

const GOOD_FOR_MS = 4_000;
const BAD_FOR_MS = 10_000;

export function useToasts() {
  const t = useTranslations("parts");
  const textOf = useErrorText();
  const closeButtonProps = { "aria-label": t("close") };
  return {
    done: (message: string) =>
      notifications.show({
        message,
        color: "pine",
        icon: <IconCheck size={16} />,
        autoClose: GOOD_FOR_MS,
        closeButtonProps,
      }),
    failed: (error: unknown) =>
      notifications.show({
        message: textOf(error),
        color: "red",
        icon: <IconAlertTriangle size={16} />,
        autoClose: BAD_FOR_MS,
        closeButtonProps,
        role: "alert",
      }),
  };
}
