// The first start: whoever holds the one-time link becomes the first administrator.
import { Alert, Button, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Session } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { useErrorText } from "@/parts/failure";
import { LinkButton } from "@/parts/link-button";
import { PasswordInput } from "@/parts/password-input";
import { remembered, sessionQuery } from "@/shell/session";
import { Door } from "./door";
import { PASSWORD_MIN } from "./password";

const route = getRouteApi("/setup");

export function SetUp() {
  const t = useTranslations("admin");
  const textOf = useErrorText();
  const { token } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft({ name: "", email: "", password: "" });
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  const setUp = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const session = remembered(await post<Session>("/api/setup", { token, ...draft.values }));
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/", replace: true });
    } catch (cause) {
      draft.showProblems(cause);
      setError(cause);
      setBusy(false);
    }
  };
  if (!token) return <NoWayIn text={t("setUpNoToken")} />;
  if (draft.rest.some(({ path }) => path === "/token")) return <NoWayIn text={t("setUpOver")} />;
  const isAtFields = error instanceof ApiError && error.problems.length > 0 && draft.rest.length === 0;
  return (
    <Door title={t("setUpTitle")} hint={t("setUpHint")}>
      <form onSubmit={setUp} noValidate>
        <Stack gap="sm">
          {error !== null && !isAtFields && (
            <Alert color="red" role="alert">
              {textOf(error)}
            </Alert>
          )}
          <TextInput label={t("name")} autoComplete="name" required autoFocus {...draft.text("/name")} />
          <TextInput label={t("email")} type="email" autoComplete="username" required {...draft.text("/email")} />
          <PasswordInput
            label={t("password")}
            description={t("passwordHint", { min: PASSWORD_MIN })}
            autoComplete="new-password"
            required
            {...draft.text("/password")}
          />
          <Button type="submit" loading={isBusy} mt="xs">
            {t("setUp")}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}

/** Without a link that works there is nothing to fill in; whoever was set up long ago finds the way to the door. */
function NoWayIn({ text }: { text: string }) {
  const t = useTranslations("admin");
  return (
    <Door title={t("setUpTitle")}>
      <Stack gap="md">
        <Alert color="yellow" role="alert">
          {text}
        </Alert>
        <LinkButton to="/login" variant="default">
          {t("toSignIn")}
        </LinkButton>
      </Stack>
    </Door>
  );
}
