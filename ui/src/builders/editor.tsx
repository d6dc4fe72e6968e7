// The form of a builder: its name, its settings as a form or as JSON, beside the segments they would make.
import { Code, Grid, List, Select, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { Card } from "@/parts/page";
import { focusFirstProblem, type Saving } from "@/parts/saving";
import { useMay } from "@/shell/session";
import { AgeInputs } from "./age-form";
import { hasForm } from "./forms";
import { GenderInputs } from "./gender-form";
import { InputsContext, inputsOf } from "./inputs";
import { useKindName } from "./kind-name";
import { type Live, useLive } from "./live";
import { Planned } from "./planned";
import { kindsQuery } from "./queries";
import { exampleOf, readSettings, settingsOf } from "./settings";
import { StateInputs } from "./state-form";
import { TermInputs } from "./term-form";
import { asForm, asText, type BuilderValues, missingOf, valuesFrom } from "./values";

const ROWS_MIN = 8;
const ROWS_MAX = 24;

type Props = {
  draft: Draft<BuilderValues>;
  isNew: boolean;
  /** Whether somebody tried to save, so that what is missing is said. */
  tried: boolean;
  /** Beside the form, below the segments it makes. */
  beside?: ReactNode;
  children?: ReactNode;
};

export function BuilderEditor({ draft, isNew, tried, beside, children }: Props) {
  const t = useTranslations("builders");
  const live = useLive(draft.values);
  const canChange = useMay()("segments:write");
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="md">
          <Card>
            <Stack gap="sm">
              {isNew && <KindSelect draft={draft} />}
              <Editable when={canChange}>
                <TextInput label={t("name")} description={t("nameHint")} required {...draft.text("/name")} />
              </Editable>
              <Settings draft={draft} live={live} tried={tried} />
            </Stack>
          </Card>
          {children}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack gap="md">
          <Planned live={live} />
          {beside}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

/** Saves what is complete; else says what is missing and goes there. */
export function useSubmit(draft: Draft<BuilderValues>, saving: Saving) {
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isComplete = missingOf(draft.values).length === 0;
    setTried(!isComplete);
    if (isComplete) saving.save();
    else focusFirstProblem();
  };
  return { tried, submit };
}

/** Another kind means other settings, so they start over. */
function KindSelect({ draft }: { draft: Draft<BuilderValues> }) {
  const t = useTranslations("builders");
  const nameOf = useKindName();
  const { data: kinds = [] } = useQuery(kindsQuery);
  const choose = (kind: string | null) => {
    if (kind === null) return;
    const begun = valuesFrom(kind, "", exampleOf(kind));
    draft.set("/kind", kind);
    draft.set("/settings", begun.settings);
    draft.set("/text", begun.text);
  };
  return (
    <Select
      label={t("kind")}
      required
      allowDeselect={false}
      error={draft.problem("/kind")}
      value={draft.values.kind}
      onChange={choose}
      data={kinds.map(({ kind }) => ({ value: kind, label: nameOf(kind) }))}
    />
  );
}

type SettingsProps = { draft: Draft<BuilderValues>; live: Live; tried: boolean };

/** A kind of one's own has no form. Who may not change anything may look at both sides all the same. */
function Settings({ draft, live, tried }: SettingsProps) {
  const t = useTranslations("builders");
  const canChange = useMay()("segments:write");
  const { values } = draft;
  if (!hasForm(values.kind)) return <SettingsText draft={draft} />;
  const shown = asForm(values);
  const turn = (view: string | null) => {
    const next = view === "form" ? shown : asText(values);
    if (next === null) return;
    draft.set("/text", next.text);
    draft.set("/settings", next.settings);
  };
  return (
    <Tabs value={values.settings === null ? "json" : "form"} onChange={turn} keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="form" disabled={shown === null}>
          {t("tabs.form")}
        </Tabs.Tab>
        <Tabs.Tab value="json">{t("tabs.json")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="form">
        <InputsContext value={inputsOf(draft, live, tried ? missingOf(values) : [], t("form.missing"))}>
          <Editable when={canChange}>
            <KindInputs kind={values.kind} />
          </Editable>
        </InputsContext>
      </Tabs.Panel>
      <Tabs.Panel value="json">
        <SettingsText draft={draft} />
        {shown === null && (
          <Text size="sm" c="dimmed" mt="xs">
            {t("noForm")}
          </Text>
        )}
      </Tabs.Panel>
    </Tabs>
  );
}

function KindInputs({ kind }: { kind: string }) {
  if (kind === "age") return <AgeInputs />;
  if (kind === "gender") return <GenderInputs />;
  return kind === "state" ? <StateInputs /> : <TermInputs />;
}

function SettingsText({ draft }: { draft: Draft<BuilderValues> }) {
  const t = useTranslations("builders");
  const isUnreadable = readSettings(draft.values.text) === undefined;
  const canChange = useMay()("segments:write");
  return (
    <Stack gap="sm">
      <Textarea
        readOnly={!canChange}
        label={t("settings")}
        autosize
        minRows={ROWS_MIN}
        maxRows={ROWS_MAX}
        spellCheck={false}
        classNames={{ input: "code-input" }}
        {...draft.text("/text")}
        error={isUnreadable ? t("noJson") : undefined}
      />
      <Known kind={draft.values.kind} />
    </Stack>
  );
}

function Known({ kind }: { kind: string }) {
  const t = useTranslations("builders");
  const { data: kinds = [] } = useQuery(kindsQuery);
  const known = kinds.find((one) => one.kind === kind);
  if (!known) return null;
  return (
    <div>
      <Text size="sm" mb={4}>
        {known.summary}
      </Text>
      <List size="sm" c="dimmed">
        {settingsOf(known).map(({ name, description, isRequired }) => (
          <List.Item key={name}>
            <Code>{name}</Code> {isRequired && `(${t("required")}) `}
            {description}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
