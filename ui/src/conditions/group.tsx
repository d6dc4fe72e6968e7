// A group of rows: how they are joined, the rows, and what can be added.
import { Box, Button, Group, Menu, SegmentedControl, Stack, Text } from "@mantine/core";
import {
  IconActivity,
  IconBraces,
  IconBuilding,
  IconForms,
  IconNews,
  IconPlus,
  IconShieldCheck,
  IconTags,
  IconTargetArrow,
  IconTimeline,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { useBuilder } from "./context";
import { DragHandle } from "./drag-handle";
import { useDragging } from "./dragging";
import { Row } from "./leaf-row";
import {
  childPointer,
  childrenOf,
  DEPTH_MAX,
  emptyGroup,
  type Mode,
  modeOf,
  type NewLeaf,
  newLeaf,
  withMode,
} from "./model";
import { whole } from "./moves";
import { NotBadge } from "./negation";
import { RowActs, useMoveKeys } from "./row-acts";
import { isAll, isAny, isNot } from "./types";

type Props = { group: Condition; pointer: string; depth: number; isNegated?: boolean };

export function GroupBox({ group, pointer, depth, isNegated = false }: Props) {
  const t = useTranslations("conditions.builder");
  const children = childrenOf(group);
  const { problemAt, emptyText } = useBuilder();
  const problem = problemAt(pointer);
  const { from, drop, over, letGo } = useDragging();
  const dropPlace = drop?.group === pointer ? drop.place : null;
  return (
    <Box
      className="condition-group"
      data-mode={modeOf(group)}
      role="group"
      aria-label={t(modeOf(group))}
      onDragOver={(event) => over(event, pointer)}
      onDrop={letGo}
    >
      <GroupHead group={group} pointer={pointer} depth={depth} isNegated={isNegated} />
      <Stack gap={6} mt={8} className="condition-places">
        {children.length === 0 && (
          <Text size="sm" c="dimmed" className="condition-empty" data-drop={dropPlace === 0 || undefined}>
            {depth === 1 && emptyText ? emptyText : t("empty")}
          </Text>
        )}
        {children.map((child, index) => (
          <Box
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the tree; it has no other identity
            key={index}
            className="condition-place"
            data-drop={dropAt(dropPlace, index, children.length)}
            data-dragged={from === childPointer(pointer, group, index) || undefined}
          >
            <Node node={child} pointer={childPointer(pointer, group, index)} depth={depth + 1} />
          </Box>
        ))}
        {problem && (
          <Text size="sm" c="red" role="alert">
            {problem}
          </Text>
        )}
      </Stack>
      <AddMenu pointer={pointer} depth={depth} />
    </Box>
  );
}

/** Where the line is drawn that shows what comes of letting go. */
function dropAt(place: number | null, index: number, count: number): "before" | "after" | undefined {
  if (place === index) return "before";
  return place === count && index === count - 1 ? "after" : undefined;
}

function Node({ node, pointer, depth }: { node: Condition; pointer: string; depth: number }) {
  const isNegated = isNot(node);
  const inner = isNegated ? node.not : node;
  const innerPointer = isNegated ? `${pointer}/not` : pointer;
  if (isAll(inner) || isAny(inner)) {
    return <GroupBox group={inner} pointer={innerPointer} depth={depth} isNegated={isNegated} />;
  }
  if (isNot(inner)) return <Node node={inner} pointer={innerPointer} depth={depth + 1} />;
  return <Row leaf={inner} pointer={innerPointer} isNegated={isNegated} />;
}

function GroupHead({ group, pointer, depth, isNegated }: Required<Props>) {
  const t = useTranslations("conditions.builder");
  const { replace, readOnly } = useBuilder();
  const isRoot = depth === 1;
  const moveKeys = useMoveKeys(whole(pointer));
  return (
    <Group gap="xs" justify="space-between" onKeyDownCapture={isRoot ? undefined : moveKeys}>
      <Group gap="xs">
        {!isRoot && <DragHandle pointer={pointer} what={t(modeOf(group))} />}
        {isNegated && <NotBadge />}
        <SegmentedControl
          size="xs"
          aria-label={t("mode")}
          value={modeOf(group)}
          disabled={readOnly}
          onChange={(mode) => replace(pointer, withMode(group, mode as Mode))}
          data={[
            { value: "all", label: t("all") },
            { value: "any", label: t("any") },
          ]}
        />
      </Group>
      {!isRoot && <RowActs what={t(modeOf(group))} node={group} pointer={pointer} isNegated={isNegated} isGroup />}
    </Group>
  );
}

const offers = [
  { leaf: "attribute", word: "addAttribute", icon: IconTags },
  { leaf: "field", word: "addField", icon: IconForms },
  { leaf: "activity", word: "addActivity", icon: IconActivity },
  { leaf: "sequence", word: "addSequence", icon: IconTimeline },
  { leaf: "segment", word: "addSegment", icon: IconTargetArrow },
  { leaf: "consent", word: "addConsent", icon: IconShieldCheck },
  { leaf: "subscription", word: "addSubscription", icon: IconNews },
  { leaf: "company", word: "addCompany", icon: IconBuilding },
] as const;

function AddMenu({ pointer, depth }: { pointer: string; depth: number }) {
  const t = useTranslations("conditions.builder");
  const { add, catalogue, attributes, leaves, readOnly } = useBuilder();
  if (readOnly) return null;
  const addLeaf = (kind: NewLeaf) => add(pointer, newLeaf(kind, catalogue, attributes));
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button mt={8} size="compact-sm" variant="light" leftSection={<IconPlus size={14} />}>
          {t("add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offers
          .filter(({ leaf }) => leaves.includes(leaf))
          .map(({ leaf, word, icon: Picture }) => (
            <Menu.Item key={leaf} leftSection={<Picture size={16} />} onClick={() => addLeaf(leaf)}>
              {t(word)}
            </Menu.Item>
          ))}
        {depth < DEPTH_MAX - 1 && (
          <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => add(pointer, emptyGroup())}>
            {t("addGroup")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
