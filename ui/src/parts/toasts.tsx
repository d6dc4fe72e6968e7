// Short notes that something was done or failed; failures are announced at once and stay longer, and what can be taken back for a while has a button.
import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useErrorText } from "./failure";

const GOOD_FOR_MS = 4_000;
const BAD_FOR_MS = 10_000;
const UNDOABLE_FOR_MS = 10_000;

let undoable = 0;

export function useToasts() {
  const t = useTranslations("parts");
  const textOf = useErrorText();
  const closeButtonProps = { "aria-label": t("close") };
  const good = { color: "pine", icon: <IconCheck size={16} />, autoClose: GOOD_FOR_MS, closeButtonProps };
  const failed = (error: unknown) =>
    notifications.show({
      message: textOf(error),
      color: "red",
      icon: <IconAlertTriangle size={16} />,
      autoClose: BAD_FOR_MS,
      closeButtonProps,
      role: "alert",
    });
  const undo = async (id: string, takeBack: () => Promise<unknown>) => {
    notifications.hide(id);
    try {
      await takeBack();
      notifications.show({ ...good, message: t("undone") });
    } catch (error) {
      failed(error);
    }
  };
  return {
    /** With `takeBack` the note stays longer and offers to do that. */
    done: (message: string, takeBack?: () => Promise<unknown>) => {
      if (takeBack === undefined) return notifications.show({ ...good, message });
      undoable += 1;
      const id = `undoable-${undoable}`;
      const text = (
        <Group justify="space-between" gap="xs" wrap="nowrap" component="span">
          <span>{message}</span>
          <Button size="compact-sm" variant="light" miw="max-content" onClick={() => undo(id, takeBack)}>
            {t("undo")}
          </Button>
        </Group>
      );
      return notifications.show({ ...good, id, message: text, autoClose: UNDOABLE_FOR_MS });
    },
    failed,
  };
}
