// Loose facts (the attributes of an activity, what an edit changed) as short pairs of name and value instead of JSON.
import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { type Pair, pairsOf } from "./pairs";

type Props = {
  of: unknown;
  /** How many pairs there are before one asks for the rest; all of them when absent. */
  shownAtFirst?: number;
  /** What a name is called; as it stands when absent. */
  nameOf?: (name: string) => string;
  /** What a value is called; as values are written when absent, or nothing is given. */
  wordOf?: (pair: Pair) => string | undefined;
};

const asItStands = (name: string) => name;
const asWritten = () => undefined;
/** Numbers that are names are written without separators. */
const ID = /(^|\.)id$|Id$/;

export function Details({ of, shownAtFirst, nameOf = asItStands, wordOf = asWritten }: Props) {
  const t = useTranslations("parts");
  const [isOpen, setOpen] = useState(shownAtFirst === undefined);
  const pairs = pairsOf(of);
  if (pairs.length === 0) return null;
  const shown = isOpen ? pairs : pairs.slice(0, shownAtFirst);
  const more = pairs.length - shown.length;
  return (
    <>
      <Pairs pairs={shown} nameOf={nameOf} wordOf={wordOf} />
      {more > 0 && (
        <Button size="compact-xs" variant="subtle" px={0} onClick={() => setOpen(true)}>
          {t("showMore", { count: more })}
        </Button>
      )}
    </>
  );
}

type PairsProps = Required<Pick<Props, "nameOf" | "wordOf">> & { pairs: Pair[] };

function Pairs({ pairs, nameOf, wordOf }: PairsProps) {
  const textOf = usePairText();
  return (
    <Group gap="0 12px" component="dl" m={0}>
      {pairs.map((pair) => (
        <Text key={pair.name} size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
          <Text span inherit c="dimmed" component="dt" display="inline">
            {nameOf(pair.name)}{" "}
          </Text>
          <Text span inherit component="dd" display="inline" m={0} className="figures">
            {wordOf(pair) ?? textOf(pair)}
          </Text>
        </Text>
      ))}
    </Group>
  );
}

export function usePairText(): (pair: Pair) => string {
  const t = useTranslations("parts");
  const format = useFormatter();
  return ({ name, value }) => {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number" && ID.test(name)) return String(value);
    if (typeof value === "number") return format.number(value, { maximumFractionDigits: 6 });
    const text = String(value);
    return /^\d{4}-\d{2}-\d{2}T/.test(text)
      ? format.dateTime(new Date(text), { dateStyle: "medium", timeStyle: "short" })
      : text;
  };
}
