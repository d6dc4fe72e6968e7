// Writes down what a customer answered, with when and where, so that it can be proved later on.
import { Modal, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { put } from "@/api/client";
import type { Consent } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { MomentInput } from "@/parts/moment-input";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { answerBody, isSuperseded } from "./answer";
import { consentsPath } from "./queries";

/** What the dialog starts with; a fixed purpose is one that has an answer already. */
export type Asking = { purpose: string; granted: boolean; isFixed: boolean };
type Props = { customer: number; asking: Asking | null; close: () => void; refresh: () => Promise<void> };

export function AnswerDialog({ asking, close, ...props }: Props) {
  const t = useTranslations("consents");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={asking !== null}
      onClose={close}
      title={t("record")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {asking && <AnswerForm {...props} asking={asking} close={close} />}
    </Modal>
  );
}

function AnswerForm({ customer, asking, close, refresh }: Props & { asking: Asking }) {
  const t = useTranslations("consents");
  const toasts = useToasts();
  const draft = useDraft({
    purpose: asking.purpose,
    granted: asking.granted,
    answeredAt: null as string | null,
    source: "",
    note: "",
  });
  const { values } = draft;
  const saving = useSaving({
    draft,
    version: null,
    send: () => put<Consent>(`${consentsPath(customer)}/${encodeURIComponent(values.purpose)}`, answerBody(values)),
    saved: async (standing) => {
      toasts.done(t(isSuperseded(values, standing) ? "superseded" : "recorded"));
      close();
      await refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t("purpose")}
          description={t("purposeHint")}
          required
          readOnly={asking.isFixed}
          data-autofocus={!asking.isFixed || undefined}
          {...draft.text("/purpose")}
        />
        <SegmentedControl
          aria-label={t("answer")}
          value={values.granted ? "granted" : "denied"}
          onChange={(value) => draft.set("/granted", value === "granted")}
          data={(["granted", "denied"] as const).map((value) => ({ value, label: t(value) }))}
        />
        <MomentInput
          kind="datetime"
          label={t("answeredAt")}
          description={t("answeredAtHint")}
          {...draft.input<string | null>("/answeredAt")}
        />
        <TextInput label={t("source")} description={t("sourceHint")} {...draft.text("/source")} />
        <Textarea label={t("note")} autosize minRows={2} maxRows={8} {...draft.text("/note")} />
        <SaveBar
          draft={draft}
          saving={saving}
          isNew
          verb={t("recordVerb")}
          discard={close}
          disabled={values.purpose.trim() === ""}
        />
      </Stack>
    </form>
  );
}
