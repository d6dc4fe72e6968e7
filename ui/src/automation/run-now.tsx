// Having a rule look at everyone now, for real.
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

type Props = { rule: Rule; started: (job: number) => void };

export function RunNow({ rule, started }: Props) {
  const t = useTranslations("automation");
  const toasts = useToasts();
  const queries = useQueryClient();
  if (!useMay()("rules:write")) return null;
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
