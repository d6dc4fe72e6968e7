// Password and code together, as whoever changes his second factor has to show them.
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useDraft } from "@/parts/draft";
import { PasswordInput } from "@/parts/password-input";
import { useSession } from "@/shell/session";
import { CodeInput } from "./code-input";
import { useSent } from "./sent";

type Props = {
  kind: "renew" | "off";
  opened: boolean;
  close: () => void;
  asksPassword: boolean;
  send: (body: object) => Promise<void>;
};

export function ShowDialog({ opened, close, ...form }: Props) {
  const t = useTranslations("account");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t(form.kind === "off" ? "offTitle" : "renewTitle")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      <ShowForm close={close} {...form} />
    </Modal>
  );
}

function ShowForm({ kind, close, asksPassword, send }: Omit<Props, "opened">) {
  const t = useTranslations("account");
  const parts = useTranslations("parts");
  const { user } = useSession();
  const draft = useDraft({ password: "", code: "" });
  const { password, code } = draft.values;
  const { error, isBusy, submit } = useSent(draft, () => send(asksPassword ? { password, code } : { code }));
  const isFilled = code !== "" && (password !== "" || !asksPassword);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {error !== null && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <Text size="sm">{t(kind === "off" ? "offAsk" : "renewAsk")}</Text>
        {asksPassword && (
          <>
            <input type="hidden" autoComplete="username" value={user.email} />
            <PasswordInput
              label={t("password")}
              autoComplete="current-password"
              required
              data-autofocus
              {...draft.text("/password")}
            />
          </>
        )}
        <CodeInput label={t("code")} description={t("codeOrRecovery")} {...draft.text("/code")} />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={close}>
            {parts("cancel")}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!isFilled}>
            {t(kind === "off" ? "switchOff" : "newCodes")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
