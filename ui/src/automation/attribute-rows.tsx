// Attributes of an activity that is made up: each with its value, by the kind that is known of it.
import { ActionIcon, Autocomplete, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import { NumberInput } from "@/parts/number-input";
import { unlabelled } from "./attributes";

type Json = Record<string, unknown>;
type Props = { type: string; value: Json; onChange: (attributes: Json) => void };

export function AttributeRows({ type, value, onChange }: Props) {
  const t = useTranslations("deeds");
  const { activityTypes } = useCatalogue();
  const known = activityTypes.find(({ name }) => name === type)?.attributes ?? [];
  const kindOf = (name: string) => known.find((attribute) => attribute.name === name)?.kind;
  const drop = (name: string) => onChange(Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));
  return (
    <Stack gap={6} role="group" aria-label={t("attributes")}>
      {Object.entries(value).map(([name, one]) => (
        <Group key={name} gap={6} wrap="nowrap">
          <Text size="sm" w={130} truncate title={name}>
            {name}
          </Text>
          <AttributeValue
            name={name}
            kind={kindOf(name)}
            value={one}
            onChange={(next) => onChange({ ...value, [name]: next })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("removeAttribute", { name })}
            onClick={() => drop(name)}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <NewAttribute
        offered={known.map(({ name }) => name).filter((name) => !(name in value))}
        add={(name) => !(name in value) && onChange({ ...value, [name]: kindOf(name) === "number" ? 0 : "" })}
      />
    </Stack>
  );
}

function NewAttribute({ offered, add }: { offered: string[]; add: (name: string) => void }) {
  const t = useTranslations("deeds");
  const [name, setName] = useState("");
  const finish = (chosen: string) => {
    if (chosen.trim() !== "") add(chosen.trim());
    setName("");
  };
  return (
    <Group gap={6}>
      <Autocomplete
        size="xs"
        w={190}
        aria-label={t("attribute")}
        placeholder={t("attribute")}
        value={name}
        onChange={setName}
        onOptionSubmit={finish}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || name.trim() === "") return;
          event.preventDefault();
          finish(name);
        }}
        data={offered}
      />
      {name.trim() !== "" && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => finish(name)}>
          {t("addAttribute")}
        </Button>
      )}
    </Group>
  );
}

type ValueProps = { name: string; kind: string | undefined; value: unknown; onChange: (value: unknown) => void };

function AttributeValue({ name, kind, value, onChange }: ValueProps) {
  const t = useTranslations("parts");
  const shared = { size: "xs", w: 190, "aria-label": name } as const;
  if (kind === "number") {
    return (
      <NumberInput
        {...shared}
        hideControls
        value={typeof value === "number" ? value : ""}
        onChange={(next) => onChange(typeof next === "number" ? next : null)}
      />
    );
  }
  if (kind === "boolean") {
    return (
      <Select
        {...shared}
        allowDeselect={false}
        value={String(value === true)}
        onChange={(next) => onChange(next === "true")}
        data={[
          { value: "true", label: t("yes") },
          { value: "false", label: t("no") },
        ]}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      value={typeof value === "object" ? JSON.stringify(value ?? "") : String(value)}
      onChange={({ currentTarget }) =>
        onChange(kind === undefined ? unlabelled(currentTarget.value) : currentTarget.value)
      }
    />
  );
}
