// What is shown when the server refused or could not be reached, in words, with a way to try again.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";

/** A sentence for any error: known codes in the reader's language, others as the server says them. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("errors");
  return (error) => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : t("unknown");
    if (error.status === 0) return t("unreachable");
    if (error.code === "second_factor_missing") return t("secondFactorMissing");
    if (error.code === "sign_in_again") return t("signInAgain");
    if (error.status === 403) return t("forbidden");
    if (error.status === 404) return t("notFound");
    if (error.status === 412) return t("lostRace");
    if (error.problems.length > 1) return t("invalid", { count: error.problems.length });
    if (error.status === 429) return t("tooMany", { seconds: error.retryAfterSeconds ?? 60 });
    if (error.status === 503) return t("unavailable");
    if (error.status >= 500) return t("broken", { id: String(error.more.requestId ?? error.status) });
    return error.detail || error.title;
  };
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useTranslations("errors");
  const textOf = useErrorText();
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("title")} role="alert" m="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{textOf(error)}</Text>
        {retry && (
          <Group>
            <Button size="xs" variant="default" onClick={retry}>
              {t("retry")}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
