// Having a rule look at everyone now, for real.
import { Button, Tooltip } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Rule } from "@/api/types";
import { jobsPath } from "@/jobs/queries";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { rulesPath } from "./queries";
import { isEmpty } from "./values";

type Props = { rule: Rule; started: (job: number) => void };

export function RunNow({ rule, started }: Props) {
  const t = useTranslations("automation");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("rules:write")) return null;
  if (isEmpty(rule.condition)) return <NotForEveryone />;
  const act = async () => {
    const { jobId } = await post<{ jobId: number }>(`${rulesPath}/${rule.id}/run`, {});
    started(jobId);
    toasts.done(t("runStarted"));
    await queries.invalidateQueries({ queryKey: [jobsPath] });
  };
  return (
    <ConfirmButton
      label={t("runNow")}
      leftSection={<IconPlayerPlay size={16} />}
      title={t("runTitle", { name: rule.name })}
      text={t("runText")}
      verb={t("runVerb")}
      act={act}
    />
  );
}

/** It can be reached, so that it can say why it does nothing. */
function NotForEveryone() {
  const t = useTranslations("automation");
  return (
    <Tooltip label={t("runRefused")} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Button variant="default" leftSection={<IconPlayerPlay size={16} />} data-disabled aria-disabled>
        {t("runNow")}
      </Button>
    </Tooltip>
  );
}
