// The names a template can use, found by typing and inserted by a click.
import { Box, Button, Group, Popover, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconBraces, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { catalogueQuery, useCatalogue } from "@/conditions/catalogue";
import { linkChoicesQuery } from "@/links/queries";
import { matching, type Placeholder, type PlaceholderGroup, placeholdersOf } from "./placeholder-list";

export function Placeholders({ insert }: { insert: (what: string) => void }) {
  const t = useTranslations("mail");
  const [opened, setOpened] = useState(false);
  const choose = (what: string) => {
    setOpened(false);
    insert(what);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={440} trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconBraces size={14} />}
          onClick={() => setOpened(!opened)}
        >
          {t("insert")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Choices choose={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Choices({ choose }: { choose: (what: string) => void }) {
  const t = useTranslations("mail");
  const [wanted, setWanted] = useState("");
  const groups = matching(usePlaceholders(), wanted);
  return (
    <Stack gap="xs">
      <TextInput
        data-autofocus
        type="search"
        size="xs"
        aria-label={t("searchPlaceholder")}
        placeholder={t("searchPlaceholder")}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={wanted}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      <Box mah={340} style={{ overflowY: "auto" }}>
        <Stack gap="sm">
          {groups.map(({ group, placeholders }) => (
            <Box key={group}>
              <Text size="xs" fw={600} c="dimmed" mb={2}>
                {t(`placeholderGroups.${group}`)}
              </Text>
              {placeholders.map((placeholder) => (
                <Choice key={placeholder.code} placeholder={placeholder} choose={choose} />
              ))}
            </Box>
          ))}
          {groups.length === 0 && (
            <Text size="sm" c="dimmed">
              {t("noPlaceholder")}
            </Text>
          )}
        </Stack>
      </Box>
    </Stack>
  );
}

function Choice({
  placeholder: { code, label },
  choose,
}: {
  placeholder: Placeholder;
  choose: (code: string) => void;
}) {
  return (
    <UnstyledButton className="placeholder-choice" onClick={() => choose(code)}>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Text size="sm" truncate style={{ flex: "1 1 40%" }}>
          {label}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace" truncate style={{ flex: "0 1 auto", maxWidth: "60%" }}>
          {code}
        </Text>
      </Group>
    </UnstyledButton>
  );
}

function usePlaceholders(): { group: PlaceholderGroup; placeholders: Placeholder[] }[] {
  const t = useTranslations("mail.placeholderNames");
  const { data: raw } = useQuery(catalogueQuery);
  const catalogue = useCatalogue();
  const { data: links = [] } = useQuery(linkChoicesQuery);
  // Only fields of one's own come with a name for people.
  const builtIn = new Set(raw?.fields.filter(({ label }) => label === "").map(({ name }) => name));
  return placeholdersOf({
    fields: catalogue.fields.map(({ name, label }) => ({ name, label, isBuiltIn: builtIn.has(name) })),
    attributes: catalogue.activityTypes.flatMap(({ attributes }) => attributes.map(({ name }) => name)),
    links: links.map(({ name }) => name),
    wordOf: t,
  });
}
