// The button that opens what a rule is tried out in, and keeps what was asked and answered there.
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFlask } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { later } from "@/parts/later";
import type { RuleDraft } from "./spots";

export type TryProps = { draft: RuleDraft; ruleId: number | null };

const TryOutDrawer = later(() => import("./try-out-drawer"), "TryOutDrawer", null);

export function TryOut(props: TryProps) {
  const t = useTranslations("automation");
  const [opened, drawer] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  const open = () => {
    setWasOpened(true);
    drawer.open();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconFlask size={16} />} onClick={open}>
        {t("tryOut")}
      </Button>
      {wasOpened && <TryOutDrawer {...props} opened={opened} close={drawer.close} />}
    </>
  );
}
