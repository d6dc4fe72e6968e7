// The settings of a rule: what it is called, whether it is on, and what limits it.
import { Button, Collapse, Group, Select, SimpleGrid, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { MomentInput } from "@/parts/moment-input";
import { NumberInput } from "@/parts/number-input";
import { Card } from "@/parts/page";
import { DelayInput } from "./choices";
import type { RuleDraft } from "./spots";
import type { RuleValues } from "./values";

type Props = { draft: RuleDraft };

export function RuleSettings({ draft }: Props) {
  const t = useTranslations("automation");
  const [isOpen, setOpen] = useState(() => isSpecial(draft.values));
  const isShown = isOpen || hasHiddenProblem(draft);
  return (
    <Card>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t("name")} required {...draft.text("/name")} />
          <Textarea label={t("description")} autosize minRows={1} maxRows={5} {...draft.text("/description")} />
        </SimpleGrid>
        <Group justify="space-between" align="flex-start">
          <Switch label={t("activeLabel")} description={t("activeHint")} {...draft.check("/active")} />
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={isShown}
            rightSection={isShown ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
            onClick={() => setOpen(!isShown)}
          >
            {t("moreSettings")}
          </Button>
        </Group>
        <Collapse expanded={isShown}>
          <Limits draft={draft} />
        </Collapse>
      </Stack>
    </Card>
  );
}

/** Inputs side by side stand at the same height. */
const below: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

function Limits({ draft }: Props) {
  const t = useTranslations("automation");
  const position = draft.input<number | null>("/position");
  const holdout = draft.input<number>("/holdout");
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <MomentInput label={t("validFrom")} kind="datetime" {...draft.input<string | null>("/validFrom")} />
      <MomentInput label={t("validUntil")} kind="datetime" {...draft.input<string | null>("/validUntil")} />
      <Reentry draft={draft} />
      <NumberInput
        label={t("holdout")}
        description={t("holdoutHint")}
        inputWrapperOrder={below}
        min={0}
        max={99}
        allowDecimal={false}
        suffix=" %"
        value={holdout.value}
        error={holdout.error}
        onChange={(percent) => holdout.onChange(typeof percent === "number" ? percent : 0)}
      />
      <NumberInput
        label={t("position")}
        description={t("positionHint")}
        inputWrapperOrder={below}
        allowDecimal={false}
        value={position.value ?? ""}
        error={position.error}
        onChange={(place) => position.onChange(typeof place === "number" ? place : null)}
      />
      <Switch
        label={t("stopProcessing")}
        description={t("stopProcessingHint")}
        mt={{ base: 0, sm: 26 }}
        {...draft.check("/stopProcessing")}
      />
    </SimpleGrid>
  );
}

const policies = ["always", "once", "once_per"] as const;

function Reentry({ draft }: Props) {
  const t = useTranslations("automation");
  const { policy } = draft.values.reentry;
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Select
        flex={1}
        label={t("reentry")}
        allowDeselect={false}
        {...draft.input<string | null>("/reentry/policy")}
        data={policies.map((value) => ({ value, label: t(`reentries.${value}`) }))}
      />
      {policy === "once_per" && (
        <DelayInput size="sm" label={t("period")} {...draft.input<string>("/reentry/period")} />
      )}
    </Group>
  );
}

/** Whether anything is set that is hidden at first. */
function isSpecial({ validFrom, validUntil, reentry, holdout, stopProcessing }: RuleValues): boolean {
  return validFrom !== null || validUntil !== null || reentry.policy !== "always" || holdout > 0 || stopProcessing;
}

function hasHiddenProblem(draft: RuleDraft): boolean {
  return ["/validFrom", "/validUntil", "/reentry/period", "/holdout", "/position"].some((spot) => draft.problem(spot));
}
