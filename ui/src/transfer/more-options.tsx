// How the file is to be read, where the server's own guess does not fit.
import { Accordion, Autocomplete, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import type { ImportKind, ImportOptions } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";

type Props = {
  kind: ImportKind;
  map: Record<string, string>;
  options: ImportOptions;
  onChange: (options: ImportOptions) => void;
  problemOf?: (name: string) => string | undefined;
};

const texts = ["delimiter", "encoding", "dateFormat", "timeZone"] as const;

export function MoreOptions({ kind, map, options, onChange, problemOf = () => undefined }: Props) {
  const [opened, setOpened] = useState<string | null>(null);
  const isWrong = texts.some((name) => problemOf(name) !== undefined);
  useEffect(() => {
    if (isWrong) setOpened("more");
  }, [isWrong]);
  const t = useTranslations("transfer");
  const set = (part: ImportOptions) => onChange({ ...options, ...part });
  return (
    <Stack gap="sm">
      {kind === "activities" && <ActivityOptions map={map} options={options} set={set} />}
      <Accordion variant="contained" value={opened} onChange={setOpened}>
        <Accordion.Item value="more">
          <Accordion.Control>{t("more")}</Accordion.Control>
          <Accordion.Panel>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: kind === "members" ? 2 : 4 }} spacing="sm">
              {texts.map((name) => (
                <TextInput
                  key={name}
                  label={t(`options.${name}`)}
                  description={t(`optionHints.${name}`)}
                  error={problemOf(name)}
                  value={options[name] ?? ""}
                  onChange={(event) => set({ [name]: event.currentTarget.value || undefined })}
                />
              ))}
            </SimpleGrid>
            {kind !== "members" && (
              <Switch
                mt="sm"
                label={t("options.decimalComma")}
                checked={options.decimalComma ?? false}
                onChange={(event) => set({ decimalComma: event.currentTarget.checked || undefined })}
              />
            )}
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

type ActivityProps = { map: Record<string, string>; options: ImportOptions; set: (part: ImportOptions) => void };

function ActivityOptions({ map, options, set }: ActivityProps) {
  const t = useTranslations("transfer");
  const { activityTypes } = useCatalogue();
  const targets = Object.values(map);
  return (
    <Stack gap="sm">
      {!targets.includes("type") && (
        <Autocomplete
          maw={340}
          required
          label={t("activityType")}
          description={t("activityTypeHint")}
          value={options.activityType ?? ""}
          onChange={(activityType) => set({ activityType })}
          data={activityTypes.map(({ name }) => name)}
        />
      )}
      <Switch
        label={t("createCustomers")}
        checked={options.createCustomers ?? false}
        onChange={(event) => set({ createCustomers: event.currentTarget.checked })}
      />
      <Switch
        label={t("runRules")}
        description={t("runRulesHint")}
        checked={options.runRules ?? false}
        onChange={(event) => set({ runRules: event.currentTarget.checked || undefined })}
      />
      {!targets.includes("externalId") && (
        <Switch
          label={t("rowIds")}
          description={t("rowIdsHint")}
          checked={options.rowIds ?? false}
          onChange={(event) => set({ rowIds: event.currentTarget.checked || undefined })}
        />
      )}
    </Stack>
  );
}
