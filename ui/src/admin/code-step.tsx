// The second step of signing in: the code of the authenticator app, or one of the recovery codes.
import { Alert, Anchor, Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Session } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { CodeInput } from "./code-input";
import { useSent } from "./sent";

type Props = {
  token: string;
  entered: (session: Session) => void;
  /** Back to the beginning; `over` when the step has run out. */
  giveUp: (over: boolean) => void;
};

export function CodeStep({ token, entered, giveUp }: Props) {
  const t = useTranslations("admin");
  const [isRecovery, setRecovery] = useState(false);
  const draft = useDraft({ code: "" });
  const { error, isBusy, submit } = useSent(draft, async () => {
    try {
      entered(await post<Session>("/api/session/code", { token, ...draft.values }));
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.status !== 401) throw cause;
      giveUp(true);
    }
  });
  const other = () => {
    setRecovery(!isRecovery);
    draft.reset({ code: "" });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {error !== null && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <CodeInput
          key={String(isRecovery)}
          label={t(isRecovery ? "recoveryCode" : "code")}
          description={isRecovery ? t("recoveryHint") : undefined}
          inputMode={isRecovery ? "text" : "numeric"}
          autoFocus
          {...draft.text("/code")}
        />
        <Button type="submit" loading={isBusy} disabled={draft.values.code === ""} mt="xs">
          {t("signIn")}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={other}>
          {t(isRecovery ? "useCode" : "useRecovery")}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => giveUp(false)}>
          {t("startOver")}
        </Anchor>
      </Stack>
    </form>
  );
}
