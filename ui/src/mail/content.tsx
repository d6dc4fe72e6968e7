// What a mail says, one tab for each language. A refusal opens the tab in which the problem is.
import { Button, Group, SegmentedControl, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { IconAlertCircle, IconPlus, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { Draft } from "@/parts/draft";
import { Editable } from "@/parts/editable";
import { Card } from "@/parts/page";
import { focusFirstProblem } from "@/parts/saving";
import { Placeholders } from "./placeholders";
import { baseOf, inserted, languageName, newVariant, type Spot, spotOfProblem, type TemplateValues } from "./values";

const VARIANTS_MAX = 50;
const OWN = "own";

type Props = { draft: Draft<TemplateValues>; mayChange: boolean };

export function Content({ draft, mayChange }: Props) {
  const t = useTranslations("mail");
  const [shown, show] = useSpot(draft);
  const { noteFocus, insert } = useInsertion(draft, shown);
  const { variants } = draft.values;
  const add = () => {
    draft.set("/variants", [...variants, newVariant(draft.values)]);
    show({ ...shown, variant: variants.length });
  };
  const remove = (variant: number) => {
    show({ ...shown, variant: null });
    draft.set(
      "/variants",
      variants.filter((_, place) => place !== variant),
    );
  };
  return (
    <Card title={t("content")} hint={t("contentHint")} actions={mayChange && <Placeholders insert={insert} />}>
      <Tabs
        keepMounted={false}
        value={shown.variant === null ? OWN : String(shown.variant)}
        onChange={(value) => show({ ...shown, variant: value === OWN || value === null ? null : Number(value) })}
      >
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <Languages draft={draft} />
          {mayChange && variants.length < VARIANTS_MAX && (
            <Button size="compact-sm" variant="light" mb={6} leftSection={<IconPlus size={14} />} onClick={add}>
              {t("addLanguage")}
            </Button>
          )}
        </Group>
        {[null, ...variants.keys()].map((variant) => (
          <Tabs.Panel key={variant} value={variant === null ? OWN : String(variant)} pt="md">
            <Stack gap="sm" onFocus={noteFocus}>
              {variant !== null && (
                <Editable when={mayChange}>
                  <LanguageRow draft={draft} variant={variant} remove={() => remove(variant)} />
                </Editable>
              )}
              <Letter draft={draft} mayChange={mayChange} shown={{ ...shown, variant }} show={show} />
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}

/** The place that is shown. New problems elsewhere in the content lead there; fewer of them leave the reader where he is. */
function useSpot(draft: Draft<TemplateValues>): [Spot, (spot: Spot) => void] {
  const [shown, show] = useState<Spot>({ variant: null, form: draft.values.html.trim() === "" ? "text" : "html" });
  const before = useRef(0);
  const { problems } = draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new problems lead elsewhere
  useEffect(() => {
    const spot = before.current < problems.size ? spotOfProblem(problems.keys(), shown) : null;
    before.current = problems.size;
    if (spot === null) return;
    show(spot);
    focusFirstProblem();
  }, [problems]);
  // Discarding may take away the variant that is shown.
  const isGone = shown.variant !== null && draft.values.variants.length <= shown.variant;
  return [isGone ? { ...shown, variant: null } : shown, show];
}

/** Remembers in which text the cursor was last, and puts placeholders there. */
function useInsertion(draft: Draft<TemplateValues>, shown: Spot) {
  const last = useRef<HTMLInputElement | HTMLTextAreaElement | null>(null);
  const noteFocus = ({ target }: { target: EventTarget }) => {
    const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (isText && target.dataset.pointer) last.current = target;
  };
  const insert = (what: string) => {
    const element = last.current?.isConnected ? last.current : null;
    const pointer = element?.dataset.pointer ?? `${baseOf(shown.variant)}/${shown.form}`;
    const text = String(valueAt(draft.values, pointer) ?? "");
    const { text: next, cursor } = inserted(
      text,
      what,
      element?.selectionStart ?? text.length,
      element?.selectionEnd ?? text.length,
    );
    draft.set(pointer, next);
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(cursor, cursor);
    });
  };
  return { noteFocus, insert };
}

function Languages({ draft }: { draft: Draft<TemplateValues> }) {
  const t = useTranslations("mail");
  const locale = useLocale();
  const nameOf = (code: string) => languageName(code, locale) ?? (code || t("newLanguage"));
  return (
    <Tabs.List style={{ flex: "1 1 auto", minWidth: 0 }}>
      <Tabs.Tab value={OWN} rightSection={<Mark draft={draft} variant={null} />}>
        {t("ownLanguage")}
      </Tabs.Tab>
      {draft.values.variants.map(({ language }, variant) => (
        <Tabs.Tab
          // biome-ignore lint/suspicious/noArrayIndexKey: a variant is its place in the list
          key={variant}
          value={String(variant)}
          rightSection={<Mark draft={draft} variant={variant} />}
        >
          {nameOf(language)}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}

/** Says that something in this language is wrong. */
function Mark({ draft, variant }: { draft: Draft<TemplateValues>; variant: number | null }) {
  const t = useTranslations("mail");
  const parts = variant === null ? ["subject", "html", "text"] : ["language", "subject", "html", "text"];
  if (!parts.some((part) => draft.problem(`${baseOf(variant)}/${part}`))) return null;
  return <IconAlertCircle size={16} color="var(--mantine-color-error)" role="img" aria-label={t("hasProblem")} />;
}

type RowProps = { draft: Draft<TemplateValues>; variant: number; remove: () => void };

function LanguageRow({ draft, variant, remove }: RowProps) {
  const t = useTranslations("mail");
  return (
    <Group gap="sm" align="flex-start" justify="space-between">
      <TextInput
        w={260}
        label={t("language")}
        description={t("languageHint")}
        required
        {...draft.text(`${baseOf(variant)}/language`)}
      />
      <Button variant="default" size="xs" mt={24} leftSection={<IconTrash size={14} />} onClick={remove}>
        {t("removeLanguage")}
      </Button>
    </Group>
  );
}

type LetterProps = Props & { shown: Spot; show: (spot: Spot) => void };

function Letter({ draft, mayChange, shown, show }: LetterProps) {
  const t = useTranslations("mail");
  const base = baseOf(shown.variant);
  const other = shown.form === "html" ? "text" : "html";
  return (
    <>
      <Editable when={mayChange}>
        <TextInput label={t("subject")} required data-pointer={`${base}/subject`} {...draft.text(`${base}/subject`)} />
      </Editable>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          w="fit-content"
          aria-label={t("form")}
          value={shown.form}
          onChange={(form) => show({ ...shown, form: form === "text" ? "text" : "html" })}
          data={(["html", "text"] as const).map((value) => ({ value, label: t(value) }))}
        />
        {draft.problem(`${base}/${other}`) && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t("problemInOther", { form: t(other) })}
          </Text>
        )}
      </Group>
      <Editable when={mayChange}>
        <Source key={shown.form} draft={draft} pointer={`${base}/${shown.form}`} form={shown.form} />
      </Editable>
    </>
  );
}

type SourceProps = { draft: Draft<TemplateValues>; pointer: string; form: Spot["form"] };

function Source({ draft, pointer, form }: SourceProps) {
  const t = useTranslations("mail");
  return (
    <Textarea
      label={t(form)}
      description={form === "text" ? t("textHint") : undefined}
      autosize
      minRows={14}
      maxRows={30}
      spellCheck={false}
      data-pointer={pointer}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
      {...draft.text(pointer)}
    />
  );
}
