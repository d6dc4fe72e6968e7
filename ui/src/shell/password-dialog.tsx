// Another password for oneself, whatever the role. Other devices are signed out by it, this one stays.
import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { PASSWORD_MIN } from "@/admin/password";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import { useDraft } from "@/parts/draft";
import { useErrorText } from "@/parts/failure";
import { PasswordInput } from "@/parts/password-input";
import { useToasts } from "@/parts/toasts";
import { useSession } from "./session";

type Props = {
  opened: boolean;
  close: () => void;
  /** Called when it is out of sight: the menu that had the focus before is gone, so somebody else must take it. */
  closed: () => void;
};

export function PasswordDialog({ opened, close, closed }: Props) {
  const t = useTranslations("shell");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={opened}
      onClose={close}
      onExitTransitionEnd={closed}
      returnFocus={false}
      title={t("changePassword")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      <PasswordForm close={close} />
    </Modal>
  );
}

function PasswordForm({ close }: { close: () => void }) {
  const t = useTranslations("shell");
  const parts = useTranslations("parts");
  const { user } = useSession();
  const { draft, error, isBusy, differs, submit } = useChange(close);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {error !== null && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        {/* Keepers of passwords look for the account they belong to. */}
        <input type="hidden" autoComplete="username" value={user.email} />
        <PasswordInput
          label={t("currentPassword")}
          autoComplete="current-password"
          required
          data-autofocus
          {...draft.text("/currentPassword")}
        />
        <PasswordInput
          label={t("newPassword")}
          description={t("newPasswordHint", { min: PASSWORD_MIN })}
          autoComplete="new-password"
          required
          {...draft.text("/newPassword")}
        />
        <PasswordInput
          label={t("repeatPassword")}
          autoComplete="new-password"
          required
          {...draft.text("/repeated")}
          error={differs ? t("passwordsDiffer") : undefined}
        />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={close}>
            {parts("cancel")}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!isFilled(draft.values)}>
            {t("changePassword")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type Values = { currentPassword: string; newPassword: string; repeated: string };
const empty: Values = { currentPassword: "", newPassword: "", repeated: "" };

function isFilled(values: Values): boolean {
  return Object.values(values).every((value) => value !== "");
}

function useChange(close: () => void) {
  const t = useTranslations("shell");
  const textOf = useErrorText();
  const toasts = useToasts();
  const draft = useDraft(empty);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [wasSent, setSent] = useState(false);
  const { currentPassword, newPassword, repeated } = draft.values;
  const isSame = newPassword === repeated;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // The dialog lies inside of the page in React's eyes, whose forms must not be sent along.
    event.stopPropagation();
    setSent(true);
    setError(null);
    if (!isSame) return;
    setBusy(true);
    try {
      await post("/api/session/password", { currentPassword, newPassword });
      toasts.done(t("passwordChanged"));
      close();
    } catch (cause) {
      draft.showProblems(cause);
      const isAtFields = cause instanceof ApiError && cause.problems.length > 0;
      if (!isAtFields) setError(textOf(cause));
    } finally {
      setBusy(false);
    }
  };
  return { draft, error, isBusy, differs: wasSent && !isSame, submit };
}
