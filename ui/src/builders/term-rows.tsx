// The terms one below the other, each with its phrases: whole values, or regular expressions that match a part of one.
import { Box, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import type { ClipboardEvent, KeyboardEvent } from "react";
import { useTranslations } from "use-intl";
import { headed } from "@/parts/headed";
import { RowList } from "@/parts/row-list";
import { type Phrase, phrasesIn, type TermRow } from "./forms";
import { useInputs } from "./inputs";

const freshPhrase = (): Phrase => ({ isPattern: false, text: "" });
export const freshTerm = (): TermRow => ({ term: "", phrases: [freshPhrase()] });

export function TermRows() {
  const t = useTranslations("builders.form");
  const { get, set, problem } = useInputs();
  const terms = get<TermRow[]>("/terms");
  return (
    <Box role="group" aria-label={t("terms")}>
      <Text size="sm" fw={550}>
        {t("terms")}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {t("termsHint")}
      </Text>
      <RowList
        rows={terms}
        onChange={(rows) => set("/terms", rows)}
        fresh={freshTerm}
        row={(place) => <TermBox place={place} name={terms[place]?.term || String(place + 1)} />}
        problemOf={(place) => problem(`/terms/${place}`)}
        problem={problem("/terms")}
        labels={{
          add: t("addTerm"),
          remove: (number) => t("removeTerm", { term: terms[number - 1]?.term || String(number) }),
          up: (number) => t("termUp", { term: terms[number - 1]?.term || String(number) }),
          down: (number) => t("termDown", { term: terms[number - 1]?.term || String(number) }),
        }}
      />
    </Box>
  );
}

function TermBox({ place, name }: { place: number; name: string }) {
  const t = useTranslations("builders.form");
  const { get, set, problem, text } = useInputs();
  const pointer = `/terms/${place}/phrases`;
  const phrases = get<Phrase[]>(pointer) ?? [];
  return (
    <Box className="term" role="group" aria-label={t("termNumber", { name })}>
      <Stack gap="xs">
        <TextInput size="xs" label={t("term")} required {...text(`/terms/${place}/term`)} />
        <RowList
          rows={phrases}
          onChange={(rows) => set(pointer, rows)}
          fresh={freshPhrase}
          row={(nth, addAfter) => <PhraseInputs pointer={pointer} phrases={phrases} nth={nth} addAfter={addAfter} />}
          problem={problem(pointer)}
          headed
          labels={{ add: t("addPhrase"), remove: (number) => t("removePhrase", { number }) }}
        />
      </Stack>
    </Box>
  );
}

type PhraseProps = { pointer: string; phrases: Phrase[]; nth: number; addAfter: () => void };

/** Enter goes on with the next phrase, and lines that are pasted become phrases of their own. */
function PhraseInputs({ pointer, phrases, nth, addAfter }: PhraseProps) {
  const t = useTranslations("builders.form");
  const { set, text, problem } = useInputs();
  const at = `${pointer}/${nth}`;
  const isPattern = phrases[nth]?.isPattern ?? false;
  const slash = isPattern ? <Text c="dimmed">/</Text> : undefined;
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    addAfter();
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text");
    if (!/[\r\n]/.test(pasted.trim())) return;
    event.preventDefault();
    const kept = phrases[nth]?.text.trim() === "" ? [] : phrases.slice(nth, nth + 1);
    set(pointer, [...phrases.slice(0, nth), ...kept, ...phrasesIn(pasted), ...phrases.slice(nth + 1)]);
  };
  const { error, ...input } = text(`${at}/text`);
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <TextInput
        flex={1}
        size="xs"
        {...headed(nth, t("phrase"))}
        {...input}
        error={problem(at) ?? error}
        leftSection={slash}
        rightSection={slash}
        onKeyDown={keyDown}
        onPaste={paste}
      />
      <Select
        w={150}
        size="xs"
        {...headed(nth, t("phraseKind"))}
        allowDeselect={false}
        value={isPattern ? "pattern" : "value"}
        onChange={(kind) => set(`${at}/isPattern`, kind === "pattern")}
        data={[
          { value: "value", label: t("wholeValue") },
          { value: "pattern", label: t("pattern") },
        ]}
      />
    </Group>
  );
}
