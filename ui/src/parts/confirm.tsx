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
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" className="above-row-link" aria-label={ariaLabel} {...button} onClick={dialog.open}>
        {label}
      </Button>
      <ConfirmDialog
        opened={opened}
        close={dialog.close}
        title={title}
        text={text}
        verb={verb}
        act={act}
        danger={danger}
      />
    </>
  );
}

type DialogProps = Pick<Props, "title" | "text" | "verb" | "act" | "danger"> & { opened: boolean; close: () => void };

/** The question alone, for what is chosen otherwise than by a button. */
export function ConfirmDialog({ opened, close, title, text, verb, act, danger = true }: DialogProps) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const [acting, setActing] = useState(false);
  const confirm = async () => {
    setActing(true);
    try {
      await act();
      close();
    } catch (error) {
      toasts.failed(error);
    } finally {
      setActing(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": t("cancel") }}>
      <Text size="sm">{text}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {t("cancel")}
        </Button>
        <Button color={danger ? "red.8" : undefined} loading={acting} onClick={confirm}>
          {verb}
        </Button>
      </Group>
    </Modal>
  );
}
