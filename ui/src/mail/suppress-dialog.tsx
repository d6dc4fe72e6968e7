// Suppresses one address by hand.
import { Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Suppression, SuppressionReason } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { suppressionReasons } from "@/searches";
import { suppressionsPath } from "./queries";

type Props = { opened: boolean; close: () => void };

export function SuppressDialog({ opened, close }: Props) {
  const t = useTranslations("mail");
  const parts = useTranslations("parts");
  return (
    <Modal opened={opened} onClose={close} title={t("suppress")} closeButtonProps={{ "aria-label": parts("close") }}>
      <SuppressForm close={close} />
    </Modal>
  );
}

function SuppressForm({ close }: { close: () => void }) {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const queries = useQueryClient();
  const draft = useDraft({ address: "", reason: "manual" as SuppressionReason, note: "" });
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Suppression>(suppressionsPath, values),
    saved: async ({ address }) => {
      toasts.done(t("suppressedDone", { address }));
      close();
      await queries.invalidateQueries({ queryKey: [suppressionsPath] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput type="email" label={t("address")} required data-autofocus {...draft.text("/address")} />
        <ReasonChoice {...draft.input<string | null>("/reason")} />
        <Textarea label={t("note")} autosize minRows={2} maxRows={6} {...draft.text("/note")} />
        <SaveBar draft={draft} saving={saving} isNew verb={t("suppressVerb")} discard={close} />
      </Stack>
    </form>
  );
}

type ReasonProps = { value: string | null; error?: string; onChange: (reason: string | null) => void };

export function ReasonChoice(props: ReasonProps) {
  const t = useTranslations("mail");
  return (
    <Select
      label={t("reason")}
      description={props.value === "unsubscribed" ? t("marketingOnly") : undefined}
      allowDeselect={false}
      data={suppressionReasons.map((value) => ({ value, label: t(`suppressionReasons.${value}`) }))}
      {...props}
    />
  );
}
