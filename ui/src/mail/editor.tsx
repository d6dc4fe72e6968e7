// The inputs of a mail template: its name, what it says in each language, and how it is sent.
import { Checkbox, SegmentedControl, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { MailKind } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { Card } from "@/parts/page";
import { Content } from "./content";
import { type TemplateValues, withKind } from "./values";

type Props = { draft: Draft<TemplateValues> };

export function TemplateEditor({ draft, mayChange }: Props & { mayChange: boolean }) {
  const t = useTranslations("mail");
  return (
    <Stack gap="md">
      <Card>
        <Editable when={mayChange}>
          <TextInput label={t("name")} description={t("nameHint")} required {...draft.text("/name")} />
        </Editable>
      </Card>
      <Content draft={draft} mayChange={mayChange} />
      <Editable when={mayChange}>
        <Sending draft={draft} />
      </Editable>
    </Stack>
  );
}

const kinds = ["transactional", "marketing"] as const;
const policies = ["hold", "drop", "ignore"] as const;

function Sending({ draft }: Props) {
  const t = useTranslations("mail");
  const { kind } = draft.values;
  const changeKind = (next: MailKind) => {
    for (const [name, value] of Object.entries(withKind(next, draft.values))) draft.set(`/${name}`, value);
  };
  return (
    <Card title={t("sending")} hint={t("sendingHint")}>
      <Stack gap="md">
        <div>
          <SegmentedControl
            aria-label={t("kind")}
            value={kind}
            onChange={(next) => changeKind(next as MailKind)}
            data={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          />
          <Text size="sm" c="dimmed" mt={4}>
            {t(`kindHints.${kind}`)}
          </Text>
        </div>
        <TextInput label={t("purpose")} description={t("purposeHint")} {...draft.text("/purpose")} />
        {kind === "marketing" && <TextInput label={t("list")} description={t("listHint")} {...draft.text("/list")} />}
        <Select
          label={t("quietHours")}
          description={t("quietHoursHint")}
          allowDeselect={false}
          data={policies.map((value) => ({ value, label: t(`policies.${value}`) }))}
          {...draft.input<string | null>("/quietHours")}
        />
        {kind === "marketing" && (
          <Checkbox label={t("capExempt")} description={t("capExemptHint")} {...draft.check("/capExempt")} />
        )}
        <Switch label={t("trackClicks")} description={t("trackClicksHint")} {...draft.check("/trackClicks")} />
        <Switch label={t("trackOpens")} description={t("trackOpensHint")} {...draft.check("/trackOpens")} />
      </Stack>
    </Card>
  );
}
