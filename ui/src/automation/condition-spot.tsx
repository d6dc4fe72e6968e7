// The condition builder at one place of a rule.
import { Box, Text } from "@mantine/core";
import { useCallback, useMemo } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { ConditionBuilder, EVERY_LEAF } from "@/conditions/builder";
import { useCatalogue } from "@/conditions/catalogue";
import { useLivePreview } from "@/conditions/live";
import { LiveCount } from "@/conditions/live-count";
import { leavesOf, type NewLeaf } from "@/conditions/model";
import { useSentence } from "@/conditions/speech";
import { isAttribute } from "@/conditions/types";
import { useMay } from "@/shell/session";
import { at, awaitedTypes, type SpotProps } from "./spots";
import { isEmpty } from "./values";

type Props = SpotProps & {
  leaves?: NewLeaf[];
  /** Whose attributes can be asked; those the rule waits for if absent. */
  types?: string[];
  /** What is said instead of a sentence while nothing is asked. */
  nothing?: string;
  /** What no condition means here, where it does not mean everybody. */
  emptyText?: string;
};

const ruleLeaves: NewLeaf[] = ["attribute", ...EVERY_LEAF];

export function ConditionSpot({ draft, pointer, leaves = ruleLeaves, types, nothing, emptyText }: Props) {
  const t = useTranslations("automation");
  const may = useMay();
  const sentenceOf = useSentence();
  const attributes = useAttributes(types ?? awaitedTypes(draft.values));
  const { set } = draft;
  const change = useCallback((condition: Condition) => set(pointer, condition), [set, pointer]);
  const condition = at<Condition | null>(draft, pointer);
  const live = useLivePreview(isCountable(condition) && may("segments:read") ? condition : null);
  const words = condition === null || isEmpty(condition) ? nothing : t("inWords", { what: sentenceOf(condition) });
  return (
    <>
      <ConditionBuilder
        value={condition}
        onChange={change}
        leaves={leaves}
        attributes={attributes}
        counts={live.asked === null ? undefined : live.preview?.leaves}
        problems={draft.problems}
        base={pointer}
        readOnly={!may("rules:write")}
        emptyText={emptyText}
      />
      {live.asked !== null && (
        <Box mt={6}>
          <LiveCount live={live} isSmall />
        </Box>
      )}
      {words && (
        <Text size="sm" c="dimmed" mt={6}>
          {words}
        </Text>
      )}
    </>
  );
}

/** What speaks of the activity that fires the rule holds for activities, not for customers. */
function isCountable(condition: Condition | null): boolean {
  return condition !== null && !isEmpty(condition) && !leavesOf(condition).some(({ leaf }) => isAttribute(leaf));
}

function useAttributes(types: string[]) {
  const { activityTypes } = useCatalogue();
  const wanted = types.join("\n");
  return useMemo(() => {
    const names = wanted.split("\n");
    const all = activityTypes.filter(({ name }) => names.includes(name)).flatMap((type) => type.attributes);
    return all.filter((one, place) => all.findIndex(({ name }) => name === one.name) === place);
  }, [wanted, activityTypes]);
}
