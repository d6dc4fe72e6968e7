// The way in: mail address and password, the code of who has a second factor, the provider, and what to do when it fails.
import { Alert, Button, Divider, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useLocation, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { address, post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Session, SignInStep } from "@/api/types";
import { Failure, useErrorText } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { PasswordInput } from "@/parts/password-input";
import { remembered, sessionQuery } from "@/shell/session";
import { CodeStep } from "./code-step";
import { Door } from "./door";
import { waysQuery } from "./ways";

const route = getRouteApi("/login");

export function SignIn() {
  const t = useTranslations("admin");
  const { hash } = useLocation();
  // Whoever comes from the provider and owes a code brings the step along, where no server sees it.
  const [step, setStep] = useState(() => (hash.startsWith("step=") ? hash.slice("step=".length) : null));
  const [isOver, setOver] = useState(false);
  const enter = useEntering();
  const giveUp = (over: boolean) => {
    setStep(null);
    setOver(over);
  };
  if (step !== null) {
    return (
      <Door title={t("codeTitle")} hint={t("codeHint")}>
        <CodeStep token={step} entered={enter} giveUp={giveUp} />
      </Door>
    );
  }
  return (
    <Door title={t("signInTitle")}>
      <Ways isOver={isOver} entered={enter} owes={setStep} />
    </Door>
  );
}

/** To where one wanted to go, as the one who has just signed in. */
function useEntering() {
  const { back } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  return (session: Session) => {
    queries.setQueryData(sessionQuery.queryKey, remembered(session));
    router.history.replace(router.basepath.replace(/\/$/, "") + inside(back));
  };
}

/** Only a way inside this app may follow; anything else could lead elsewhere. */
function inside(back: string | undefined): string {
  return back?.startsWith("/") && !back.startsWith("//") ? back : "/";
}

type WaysProps = { isOver: boolean; entered: (session: Session) => void; owes: (token: string) => void };

function Ways({ isOver, entered, owes }: WaysProps) {
  const t = useTranslations("admin");
  const { back, problem } = route.useSearch();
  const { data: ways, error, refetch } = useQuery(waysQuery);
  if (error) return <Failure error={error} retry={refetch} />;
  if (!ways) return <LoadingLines lines={5} />;
  return (
    <Stack gap="sm">
      {isOver && <Alert color="yellow">{t("codeOver")}</Alert>}
      {problem && (
        <Alert color="red" role="alert">
          <ProviderProblem problem={problem} />
        </Alert>
      )}
      {ways.passwords && <PasswordForm entered={entered} owes={owes} />}
      {ways.passwords && ways.provider && <Divider label={t("or")} />}
      {ways.provider && (
        <Button
          component="a"
          href={address("/api/oidc/start", { to: inside(back) })}
          variant={ways.passwords ? "default" : "filled"}
        >
          {ways.provider}
        </Button>
      )}
    </Stack>
  );
}

function ProviderProblem({ problem }: { problem: string }) {
  const t = useTranslations("admin.provider");
  return t.has(problem as never) ? t(problem as never) : t("token_refused");
}

function PasswordForm({ entered, owes }: Omit<WaysProps, "isOver">) {
  const t = useTranslations("admin");
  const textOf = useErrorText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const answer = await post<Session | SignInStep>("/api/session", { email, password });
      if ("user" in answer) entered(answer);
      else owes(answer.token);
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const isWrong = error instanceof ApiError && error.status === 401;
  return (
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
  );
}
