// A rule on one page: its settings, what sets it off, the condition, and what it does.
import { SegmentedControl, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { PlaceCount } from "@/api/types";
import { later } from "@/parts/later";
import { Card } from "@/parts/page";
import { Actions } from "./actions";
import { ConditionSpot } from "./condition-spot";
import { RuleSettings } from "./rule-settings";
import type { RuleDraft } from "./spots";
import { Triggers } from "./triggers";
import { asActions, asSteps } from "./values";

const Journey = later(() => import("./journey"), "Journey");

type Props = {
  draft: RuleDraft;
  /** How many customers wait where, and in which version; nothing for a rule that is not there yet. */
  places?: PlaceCount[];
  version?: number;
  underWay?: number;
};

export function RuleEditor({ draft, places = [], version = 0, underWay = 0 }: Props) {
  const t = useTranslations("automation");
  const { isJourney } = draft.values;
  return (
    <Stack gap="md">
      <Stack gap="md" maw={1040}>
        <RuleSettings draft={draft} />
        <Triggers draft={draft} />
        <Card title={t("ifTitle")} hint={t("ifHint")}>
          <ConditionSpot draft={draft} pointer="/condition" nothing={t("always")} />
        </Card>
      </Stack>
      <Stack maw={isJourney ? undefined : 1040}>
        <Card
          title={t("thenTitle")}
          hint={t(isJourney ? "stepsHint" : "thenHint")}
          actions={<ModeSwitch draft={draft} />}
        >
          {isJourney ? (
            <Journey draft={draft} places={places} version={version} underWay={underWay} />
          ) : (
            <Actions draft={draft} />
          )}
        </Card>
      </Stack>
    </Stack>
  );
}

/** What was written in one way is taken over to the other as far as nothing stands there. */
function ModeSwitch({ draft }: { draft: RuleDraft }) {
  const t = useTranslations("automation");
  const { isJourney, actions, steps } = draft.values;
  const choose = (mode: string) => {
    const turned = mode === "steps";
    if (turned && steps.length === 0) draft.set("/steps", asSteps(actions));
    if (!turned && actions.length === 0) draft.set("/actions", asActions(steps));
    draft.set("/isJourney", turned);
  };
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("mode")}
      value={isJourney ? "steps" : "actions"}
      onChange={choose}
      data={[
        { value: "actions", label: t("oneByOne") },
        { value: "steps", label: t("journeyMode") },
      ]}
    />
  );
}
