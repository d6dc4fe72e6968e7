// Whether a condition holds for a customer, until when that is sure, and why.
import { Alert, Stack, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { ExplainNode } from "@/api/types";
import { When } from "@/parts/when";
import { Explanation } from "./explanation";

type Props = {
  matches: boolean;
  /** When the answer may change without anything happening. */
  dueAt: string | null;
  tree: ExplainNode | null;
  children?: ReactNode;
};

export function Answer({ matches, dueAt, tree, children }: Props) {
  const t = useTranslations("conditions.explain");
  return (
    <Stack gap="md">
      <Alert
        color={matches ? "pine" : "gray"}
        icon={matches ? <IconCheck size={18} /> : <IconX size={18} />}
        title={t(matches ? "holds" : "fails")}
      >
        {(children || dueAt) && (
          <>
            {children}
            {dueAt && (
              <Text size="sm">
                {t("mayChange")} <When at={dueAt} exact />
              </Text>
            )}
          </>
        )}
      </Alert>
      {tree && <Explanation node={tree} />}
    </Stack>
  );
}
