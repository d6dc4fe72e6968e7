// A button for acts that cannot be taken back: it asks first, naming what will happen.
import { Button, type ButtonProps, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useToasts } from "./toasts";

type Props = {
  label: ReactNode;
  title: string;
  text: ReactNode;
  /** What the confirming button says; a verb. */
  verb: string;
  act: () => Promise<unknown>;
  ariaLabel?: string;
  danger?: boolean;
} & Pick<ButtonProps, "size" | "variant" | "leftSection" | "disabled" | "color">;

export function ConfirmButton({ label, title, text, verb, act, ariaLabel, danger = true, ...button }: Props) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const [opened, dialog] = useDisclosure(false);
  const [acting, setActing] = useState(false);
  const confirm = async () => {
    setActing(true);
    try {
      await act();
      dialog.close();
    } catch (error) {
      toasts.failed(error);
    } finally {
      setActing(false);
    }
  };
  return (
    <>
      <Button variant="default" className="above-row-link" aria-label={ariaLabel} {...button} onClick={dialog.open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={title} closeButtonProps={{ "aria-label": t("cancel") }}>
        <Text size="sm">{text}</Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={dialog.close} data-autofocus>
            {t("cancel")}
          </Button>
          <Button color={danger ? "red.8" : undefined} loading={acting} onClick={confirm}>
            {verb}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
