// The button that opens a condition as JSON.
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCode } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { later } from "@/parts/later";
import type { Condition } from "./types";

export type JsonProps = {
  value: Condition;
  apply: (condition: Condition) => void;
  /** Whether the server can be asked by itself; what speaks of the activity that fires a rule is checked with the rule. */
  isAskable: boolean;
};

const JsonDialog = later(() => import("./json-dialog"), "JsonDialog", null);

export function JsonButton(props: JsonProps) {
  const t = useTranslations("conditions.json");
  const [opened, dialog] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  const open = () => {
    setWasOpened(true);
    dialog.open();
  };
  return (
    <>
      <Button mt={8} size="compact-sm" variant="subtle" leftSection={<IconCode size={14} />} onClick={open}>
        {t("open")}
      </Button>
      {wasOpened && <JsonDialog {...props} opened={opened} close={dialog.close} />}
    </>
  );
}
