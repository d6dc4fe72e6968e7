// The way in: mail address and password, and what to do when it fails.
import { Alert, Button, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Session } from "@/api/types";
import { useErrorText } from "@/parts/failure";
import { PasswordInput } from "@/parts/password-input";
import { remembered, sessionQuery } from "@/shell/session";
import { Door } from "./door";

const route = getRouteApi("/login");

export function SignIn() {
  const t = useTranslations("admin");
  const textOf = useErrorText();
  const { back } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const session = remembered(await post<Session>("/api/session", { email, password }));
      queries.setQueryData(sessionQuery.queryKey, session);
      // Only a way inside this app may follow; anything else could lead elsewhere.
      const inside = back?.startsWith("/") && !back.startsWith("//") ? back : "/";
      router.history.replace(router.basepath.replace(/\/$/, "") + inside);
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const isWrong = error instanceof ApiError && error.status === 401;
  return (
    <Door title={t("signInTitle")}>
      <form onSubmit={signIn}>
        <Stack gap="sm">
          {error !== null && (
            <Alert color="red" role="alert">
              {isWrong ? t("signInWrong") : textOf(error)}
            </Alert>
          )}
          <TextInput
            label={t("email")}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("password")}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={isBusy} mt="xs">
            {t("signIn")}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
