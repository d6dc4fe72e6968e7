// Setting up a second factor: the password, then the secret for the authenticator app, then its first code.
import { Alert, Box, Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { SecondFactorSecret } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { PasswordInput } from "@/parts/password-input";
import { useSession } from "@/shell/session";
import { CodeInput } from "./code-input";
import { useSent } from "./sent";

const path = "/api/session/second-factor";
const QR_SIZE = 196;
/** Secrets are typed in groups of this many characters. */
const GROUP = /.{1,4}/g;

type Props = { opened: boolean; close: () => void; asksPassword: boolean; done: (codes: string[]) => void };

export function SetUpDialog({ opened, close, asksPassword, done }: Props) {
  const t = useTranslations("account");
  const parts = useTranslations("parts");
  const [secret, setSecret] = useState<SecondFactorSecret | null>(null);
  return (
    <Modal
      opened={opened}
      onClose={close}
      onExitTransitionEnd={() => setSecret(null)}
      closeOnClickOutside={secret === null}
      title={t("setUpTitle")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {secret ? (
        <FirstCode secret={secret} close={close} done={done} />
      ) : (
        <Begin close={close} asksPassword={asksPassword} done={setSecret} />
      )}
    </Modal>
  );
}

type BeginProps = { close: () => void; asksPassword: boolean; done: (secret: SecondFactorSecret) => void };

function Begin({ close, asksPassword, done }: BeginProps) {
  const t = useTranslations("account");
  const { user } = useSession();
  const draft = useDraft({ password: "" });
  const { error, isBusy, submit } = useSent(draft, async () => {
    done(await post<SecondFactorSecret>(path, asksPassword ? draft.values : {}));
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Refused error={error} />
        <Text size="sm">{t("setUpText")}</Text>
        {asksPassword && (
          <>
            <input type="hidden" autoComplete="username" value={user.email} />
            <PasswordInput
              label={t("password")}
              description={t("passwordWhy")}
              autoComplete="current-password"
              required
              data-autofocus
              {...draft.text("/password")}
            />
          </>
        )}
        <Ending
          close={close}
          isBusy={isBusy}
          isFilled={!asksPassword || draft.values.password !== ""}
          verb={t("next")}
        />
      </Stack>
    </form>
  );
}

type FirstProps = { secret: SecondFactorSecret; close: () => void; done: (codes: string[]) => void };

function FirstCode({ secret, close, done }: FirstProps) {
  const t = useTranslations("account");
  const draft = useDraft({ code: "" });
  const { error, isBusy, submit } = useSent(draft, async () => {
    done((await post<{ codes: string[] }>(`${path}/confirm`, draft.values)).codes);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Refused error={error} />
        <Text size="sm">{t("scan")}</Text>
        <Box ta="center">
          <img
            src={`data:image/svg+xml,${encodeURIComponent(secret.qr)}`}
            width={QR_SIZE}
            height={QR_SIZE}
            alt={t("qrAlt")}
          />
        </Box>
        <Text size="sm">{t("orType")}</Text>
        <Code block data-testid="totp-secret" ta="center">
          {secret.secret.match(GROUP)?.join(" ")}
        </Code>
        <CodeInput
          label={t("firstCode")}
          description={t("firstCodeHint")}
          inputMode="numeric"
          data-autofocus
          autoFocus
          {...draft.text("/code")}
        />
        <Ending close={close} isBusy={isBusy} isFilled={draft.values.code !== ""} verb={t("switchOn")} />
      </Stack>
    </form>
  );
}

function Refused({ error }: { error: string | null }) {
  if (error === null) return null;
  return (
    <Alert color="red" role="alert">
      {error}
    </Alert>
  );
}

function Ending(props: { close: () => void; isBusy: boolean; isFilled: boolean; verb: string }) {
  const parts = useTranslations("parts");
  return (
    <Group justify="flex-end" gap="xs" mt="xs">
      <Button variant="default" onClick={props.close}>
        {parts("cancel")}
      </Button>
      <Button type="submit" loading={props.isBusy} disabled={!props.isFilled}>
        {props.verb}
      </Button>
    </Group>
  );
}
