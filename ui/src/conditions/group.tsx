// A group of rows: how they are joined, the rows, and what can be added.
import { ActionIcon, Box, Button, Group, Menu, SegmentedControl, Stack, Text, Tooltip } from "@mantine/core";
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
  IconTrash,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { useBuilder } from "./context";
import { Row } from "./leaf-row";
import {
  childPointer,
  childrenOf,
  DEPTH_MAX,
  emptyGroup,
  type Mode,
  modeOf,
  type NewLeaf,
  negated,
  newLeaf,
  withMode,
} from "./model";
import { NegateButton, NotBadge } from "./negation";
import { isAll, isAny, isNot } from "./types";

type Props = { group: Condition; pointer: string; depth: number; isNegated?: boolean };

export function GroupBox({ group, pointer, depth, isNegated = false }: Props) {
  const t = useTranslations("conditions.builder");
  const children = childrenOf(group);
  const { problemAt, emptyText } = useBuilder();
  const problem = problemAt(pointer);
  return (
    <Box className="condition-group" data-mode={modeOf(group)} role="group" aria-label={t(modeOf(group))}>
      <GroupHead group={group} pointer={pointer} depth={depth} isNegated={isNegated} />
      <Stack gap={6} mt={8}>
        {children.length === 0 && (
          <Text size="sm" c="dimmed">
            {depth === 1 && emptyText ? emptyText : t("empty")}
          </Text>
        )}
        {children.map((child, index) => (
          <Node
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the tree; it has no other identity
            key={index}
            node={child}
            pointer={childPointer(pointer, group, index)}
            depth={depth + 1}
          />
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
  const { replace, remove, readOnly } = useBuilder();
  const isRoot = depth === 1;
  const outer = isNegated ? pointer.slice(0, -"/not".length) : pointer;
  return (
    <Group gap="xs" justify="space-between">
      <Group gap="xs">
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
      {!isRoot && !readOnly && (
        <Group gap={6}>
          <NegateButton
            what={t(modeOf(group))}
            isNegated={isNegated}
            toggle={() => replace(outer, isNegated ? group : negated(group))}
          />
          <Tooltip label={t("removeGroup")}>
            <ActionIcon variant="subtle" color="gray" aria-label={t("removeGroup")} onClick={() => remove(outer)}>
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      )}
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
