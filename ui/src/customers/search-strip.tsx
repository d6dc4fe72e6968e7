// Below the filters while the search text is a condition: where it looks, or the spot at which it cannot be read.
import { Badge, Box, Group, MultiSelect, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import { useErrorText } from "@/parts/failure";
import type { CustomersSearch } from "@/searches";
import { STRIP_ID } from "./search-box";
import { FIELDS_MAX, reasonOf, spotIn } from "./search-syntax";
import { type SearchText, textProblem } from "./search-text";

type Props = { search: CustomersSearch; text: SearchText; change: (part: CustomersSearch) => void };

export function SearchStrip({ search, text, change }: Props) {
  const t = useTranslations("customers.syntax");
  return (
    <Box id={STRIP_ID} px="sm" py={8} className="search-strip">
      <Group gap="sm">
        <Badge color="pine">{t("mode")}</Badge>
        {text.error ? <Refusal q={search.q ?? ""} error={text.error} /> : null}
        {!textProblem(text.error) && <LooksInto search={search} change={change} />}
      </Group>
    </Box>
  );
}

function LooksInto({ search, change }: Omit<Props, "text">) {
  const t = useTranslations("customers.syntax");
  const { fields } = useCatalogue();
  const chosen = search.fields ?? [];
  const data = fields
    .filter(({ kind }) => kind === "text" || kind === "select" || kind === "number")
    .map(({ name, label }) => ({ value: name, label }));
  return (
    <>
      <Text size="sm">{t("looksInto")}</Text>
      <MultiSelect
        size="xs"
        miw={320}
        searchable
        clearable
        hidePickedOptions
        maxValues={FIELDS_MAX}
        clearButtonProps={{ "aria-label": t("usualFields") }}
        aria-label={t("looksInto")}
        placeholder={chosen.length === 0 ? t("fields") : undefined}
        value={chosen}
        onChange={(names) => change({ fields: names.length > 0 ? names : undefined })}
        data={data}
      />
      <Text size="sm" c="dimmed" visibleFrom="xl">
        {t("whole")}
      </Text>
    </>
  );
}

function Refusal({ q, error }: { q: string; error: unknown }) {
  const t = useTranslations("customers.syntax");
  const textOf = useErrorText();
  const told = textProblem(error);
  const spot = told ? spotIn(q, told.message) : null;
  return (
    <Group gap="sm" role="alert">
      {spot && (
        <Text span className="search-spot">
          {spot.before}
          <mark>{spot.at || "\u00a0"}</mark>
          {spot.after}
        </Text>
      )}
      <Text size="sm" c="var(--mantine-color-error)">
        {told && spot ? t(`reasons.${reasonOf(told.code, spot.at)}`) : textOf(error)}
      </Text>
    </Group>
  );
}
