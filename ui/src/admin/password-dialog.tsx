// Another password for oneself, whatever the role. Other devices are signed out by it, this one stays.
import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { useDraft } from "@/parts/draft";
import { PasswordInput } from "@/parts/password-input";
import { useToasts } from "@/parts/toasts";
import { useSession } from "@/shell/session";
import { PASSWORD_MIN } from "./password";
import { useSent } from "./sent";
import { sessionsQuery } from "./sessions";

type Props = {
  opened: boolean;
  close: () => void;
  /** Called when it is out of sight, so that somebody takes the focus. */
  closed: () => void;
};

export function PasswordDialog({ opened, close, closed }: Props) {
  const t = useTranslations("account");
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
  const t = useTranslations("account");
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
  const t = useTranslations("account");
  const toasts = useToasts();
  const queries = useQueryClient();
  const draft = useDraft(empty);
  const [wasSent, setSent] = useState(false);
  const { currentPassword, newPassword, repeated } = draft.values;
  const isSame = newPassword === repeated;
  const { error, isBusy, submit } = useSent(draft, async () => {
    setSent(true);
    if (!isSame) return;
    await post("/api/session/password", { currentPassword, newPassword });
    toasts.done(t("passwordChanged"));
    close();
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  });
  return { draft, error, isBusy, differs: wasSent && !isSame, submit };
}
