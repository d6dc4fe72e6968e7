// Why a condition holds for a customer or does not: the tree as sentences, each with what was found.
import { Box, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Condition, ExplainNode } from "@/api/types";
import { sentence } from "./sentence";
import { useSpeech } from "./speech";
import { isAny, isNot } from "./types";

export function Explanation({ node }: { node: ExplainNode }) {
  const t = useTranslations("conditions.explain");
  const condition = node.condition as Condition | undefined;
  if (node.children && condition) {
    const word = isNot(condition) ? "not" : isAny(condition) ? "any" : "all";
    return (
      <Box>
        <Verdict matches={node.matches}>
          <Text size="sm" fw={550}>
            {t(word)}
          </Text>
        </Verdict>
        <Stack gap="xs" mt="xs" ml={10} pl="md" style={{ borderInlineStart: "2px solid var(--regulars-line)" }}>
          {node.children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a node is its place in the tree
            <Explanation key={index} node={child} />
          ))}
        </Stack>
      </Box>
    );
  }
  return <LeafVerdict node={node} />;
}

export function LeafVerdict({ node }: { node: ExplainNode }) {
  const t = useTranslations("conditions.explain");
  const speech = useSpeech();
  const saw = sawText(node.saw, speech);
  const found = saw === "" ? t("sawNothing") : t("saw", { what: saw });
  return (
    <Verdict matches={node.matches}>
      <Text size="sm">{node.condition ? sentence(node.condition as Condition, speech) : ""}</Text>
      <Text size="sm" c="dimmed">
        {node.withheld ? t("withheld") : found}
        {node.counted && node.counted.length > 0 && ` · ${t("counted", { count: node.counted.length })}`}
      </Text>
    </Verdict>
  );
}

function Verdict({ matches, children }: { matches: boolean; children: ReactNode }) {
  const t = useTranslations("conditions.explain");
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <ThemeIcon
        size={20}
        radius="xl"
        variant="light"
        color={matches ? "pine" : "gray"}
        role="img"
        aria-label={t(matches ? "yes" : "no")}
      >
        {matches ? <IconCheck size={13} /> : <IconX size={13} />}
      </ThemeIcon>
      <Box>{children}</Box>
    </Group>
  );
}

function sawText(saw: unknown, { t, dateOf, numberOf }: ReturnType<typeof useSpeech>): string {
  if (saw === null || saw === undefined) return "";
  if (typeof saw === "boolean") return t(saw ? "true" : "false");
  if (typeof saw === "number") return numberOf(saw);
  if (Array.isArray(saw)) return saw.map(String).join(", ");
  if (typeof saw === "string") return /^\d{4}-\d{2}-\d{2}(T|$)/.test(saw) ? dateOf(saw) : saw;
  return JSON.stringify(saw);
}
