// The search box of the list, with its syntax explained beside it.
import { ActionIcon, CloseButton, Code, Group, Popover, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconHelp, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { CustomersSearch } from "@/searches";
import { CHARACTERS_MAX } from "./search-syntax";

const DEBOUNCE_MS = 250;
export const STRIP_ID = "search-meaning";

type Props = { q: string; isWrong: boolean; isExplained: boolean; change: (part: CustomersSearch) => void };

export function SearchBox({ q, isWrong, isExplained, change }: Props) {
  const t = useTranslations("customers");
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  const search = useDebouncedCallback((wanted: string) => change({ q: wanted.trim() || undefined }), DEBOUNCE_MS);
  useHotkeys([["/", () => input.current?.focus()]]);
  useEffect(() => setText((typed) => (typed.trim() === q ? typed : q)), [q]);
  const set = (next: string) => {
    setText(next);
    search(next);
  };
  const attempt = (example: string) => {
    set(example);
    input.current?.focus();
  };
  return (
    <Group gap={4} wrap="nowrap" w={{ base: "100%", sm: 320 }}>
      <TextInput
        ref={input}
        flex={1}
        size="sm"
        type="search"
        aria-label={t("search")}
        aria-describedby={isExplained ? STRIP_ID : undefined}
        placeholder={t("searchHint")}
        maxLength={CHARACTERS_MAX}
        error={isWrong}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={text !== "" && <CloseButton size="sm" aria-label={t("clearSearch")} onClick={() => set("")} />}
        value={text}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <SyntaxHelp attempt={attempt} />
    </Group>
  );
}

const examples = {
  words: "ada wien",
  or: "Wien OR Graz",
  not: "Wien !Huber",
  brackets: "(Wien OR Graz) Huber",
  phrase: '"Anna Maria"',
  anything: "mül*",
  ending: "*@example.org",
} as const;
const order = Object.keys(examples) as (keyof typeof examples)[];

function SyntaxHelp({ attempt }: { attempt: (example: string) => void }) {
  const t = useTranslations("customers.syntax");
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" width={470} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon size="lg" variant="subtle" color="gray" aria-label={t("help")} onClick={() => setOpen(!isOpen)}>
          <IconHelp size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("help")}>
        <Stack gap="xs">
          <Text size="sm">{t("intro")}</Text>
          {order.map((name) => (
            <Group key={name} gap="sm" wrap="nowrap" align="baseline">
              <UnstyledButton
                w={190}
                style={{ flexShrink: 0 }}
                aria-label={t("try", { example: examples[name] })}
                onClick={() => {
                  setOpen(false);
                  attempt(examples[name]);
                }}
              >
                <Code fz="sm">{examples[name]}</Code>
              </UnstyledButton>
              <Text size="sm">{t(`means.${name}`)}</Text>
            </Group>
          ))}
          <Text size="sm" c="dimmed">
            {t("whole")}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
