// Everything that was given up since a moment, delivered again: asked for, then followed until the job has ended.
import { Alert, Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Job, Webhook } from "@/api/types";
import { useFollowed } from "@/jobs/follow";
import { JobProgress } from "@/jobs/progress";
import { isOpen, jobQuery } from "@/jobs/queries";
import { useDraft } from "@/parts/draft";
import { MomentInput } from "@/parts/moment-input";
import { useSaving } from "@/parts/saving";
import { useMay } from "@/shell/session";
import { webhooksPath } from "./queries";

const DAY_MS = 24 * 60 * 60 * 1000;

export function ReplayAll({ webhook }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  const [isAsking, setAsking] = useState(false);
  const [job, setJob] = useState<number | null>(null);
  const close = () => {
    setAsking(false);
    setJob(null);
  };
  return (
    <>
      <Button variant="default" leftSection={<IconRepeat size={16} />} onClick={() => setAsking(true)}>
        {t("replayAll")}
      </Button>
      <Modal
        opened={isAsking}
        onClose={close}
        title={t("replayAll")}
        closeButtonProps={{ "aria-label": parts("close") }}
      >
        {job === null ? (
          <Question webhook={webhook} accepted={setJob} close={close} />
        ) : (
          <Course id={job} webhook={webhook} close={close} />
        )}
      </Modal>
    </>
  );
}

type QuestionProps = { webhook: Webhook; accepted: (job: number) => void; close: () => void };

function Question({ webhook: { id }, accepted, close }: QuestionProps) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  const draft = useDraft({ since: new Date(Date.now() - DAY_MS).toISOString() as string | null });
  const saving = useSaving({
    draft,
    version: null,
    send: ({ since }) => post<{ jobId: number }>(`${webhooksPath}/${id}/replay`, { since }),
    saved: ({ jobId }) => accepted(jobId),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">{t("replayAllText")}</Text>
        <MomentInput label={t("since")} kind="datetime" required {...draft.input<string | null>("/since")} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {parts("cancel")}
          </Button>
          <Button type="submit" loading={saving.isSaving} disabled={draft.values.since === null}>
            {t("replayAllVerb")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type CourseProps = { id: number; webhook: Webhook; close: () => void };

function Course({ id, webhook, close }: CourseProps) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  const queries = useQueryClient();
  const may = useMay();
  const { data: job } = useQuery({ ...jobQuery(id), enabled: may("jobs:read") });
  const isRunning = job === undefined || isOpen(job);
  useFollowed(isRunning ? [id] : []);
  const listKey = `${webhooksPath}/${webhook.id}/deliveries`;
  useEffect(() => {
    if (!isRunning) queries.invalidateQueries({ queryKey: [listKey] });
  }, [isRunning, queries, listKey]);
  return (
    <Stack gap="md">
      {isRunning ? (
        <>
          <Text size="sm">{t("replayRuns")}</Text>
          {job && <JobProgress job={job} />}
        </>
      ) : (
        <Outcome job={job} />
      )}
      <Group justify="space-between" gap="xs">
        {may("jobs:read") && (
          <Anchor component={Link} to="/jobs" size="sm">
            {t("toJobs")}
          </Anchor>
        )}
        <Button onClick={close} ml="auto">
          {parts("close")}
        </Button>
      </Group>
    </Stack>
  );
}

function Outcome({ job }: { job: Job }) {
  const t = useTranslations("webhooks");
  if (job.state !== "done") return <Alert color="red">{t("replayStopped")}</Alert>;
  const { deliveries = 0 } = (job.result ?? {}) as { deliveries?: number };
  return (
    <Text size="sm" role="status">
      {t("replayDone", { count: deliveries })}
    </Text>
  );
}
