// One row of the builder: "not", the sentence of the leaf in inputs, how many customers it matches alone, and its removal.
import { Badge, Box, Code, Group, Text, Tooltip } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import { later } from "@/parts/later";
import { useBuilder } from "./context";
import { DragHandle } from "./drag-handle";
import { FieldInputs, SegmentInputs } from "./leaf-inputs";
import { whole } from "./moves";
import { NotBadge } from "./negation";
import { RowActs, useMoveKeys } from "./row-acts";
import { useSentence } from "./speech";
import {
  isActivity,
  isAttribute,
  isCompany,
  isConsent,
  isField,
  isSegment,
  isSequence,
  isSubscription,
  type Leaf,
} from "./types";

/** As high as a line of inputs. */
const line = <Box h={30} aria-busy />;
const ActivityInputs = later(() => import("./activity-inputs"), "ActivityInputs", line);
const SequenceInputs = later(() => import("./sequence-inputs"), "SequenceInputs", line);
const AttributeInputs = later(() => import("./attribute-inputs"), "AttributeInputs", line);
const CompanyInputs = later(() => import("./bond-inputs"), "CompanyInputs", line);
const ConsentInputs = later(() => import("./bond-inputs"), "ConsentInputs", line);
const SubscriptionInputs = later(() => import("./bond-inputs"), "SubscriptionInputs", line);

type Props = { leaf: Leaf; pointer: string; isNegated: boolean };

export function Row({ leaf, pointer, isNegated }: Props) {
  const sentenceOf = useSentence();
  const { problemAt } = useBuilder();
  const moveKeys = useMoveKeys(whole(pointer));
  const what = sentenceOf(leaf);
  const problem = problemAt(pointer);
  return (
    <Box className="condition-row" role="group" aria-label={what} onKeyDownCapture={moveKeys}>
      <Group gap={6} align="flex-start" wrap="nowrap">
        <DragHandle pointer={pointer} what={what} />
        <Group gap={6} flex={1} miw={0} align="center">
          {isNegated && <NotBadge />}
          <Inputs leaf={leaf} pointer={pointer} />
        </Group>
        <LeafCount pointer={pointer} />
        <RowActs what={what} node={leaf} pointer={pointer} isNegated={isNegated} />
      </Group>
      {problem && (
        <Text size="sm" c="red" role="alert" mt={4}>
          {problem}
        </Text>
      )}
    </Box>
  );
}

function Inputs({ leaf, pointer }: { leaf: Leaf; pointer: string }) {
  const t = useTranslations("conditions.builder");
  if (isField(leaf)) return <FieldInputs leaf={leaf} pointer={pointer} />;
  if (isActivity(leaf)) return <ActivityInputs leaf={leaf} pointer={pointer} />;
  if (isSegment(leaf)) return <SegmentInputs leaf={leaf} pointer={pointer} />;
  if (isAttribute(leaf)) return <AttributeInputs leaf={leaf} pointer={pointer} />;
  if (isSequence(leaf)) return <SequenceInputs leaf={leaf} pointer={pointer} />;
  if (isConsent(leaf)) return <ConsentInputs leaf={leaf} pointer={pointer} />;
  if (isSubscription(leaf)) return <SubscriptionInputs leaf={leaf} pointer={pointer} />;
  if (isCompany(leaf)) return <CompanyInputs leaf={leaf} pointer={pointer} />;
  return (
    <Tooltip label={t("foreign")}>
      <Code className="condition-foreign">{JSON.stringify(leaf)}</Code>
    </Tooltip>
  );
}

function LeafCount({ pointer }: { pointer: string }) {
  const t = useTranslations("conditions.builder");
  const format = useFormatter();
  const count = useBuilder().countAt(pointer);
  if (count === undefined) return null;
  return (
    <Tooltip label={t("matching", { count })}>
      <Badge color="gray" className="figures" mt={4} miw="max-content">
        {format.number(count)}
      </Badge>
    </Tooltip>
  );
}
