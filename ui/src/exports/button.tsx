// The button that exports what the list of customers shows, with the drawer in which one says how.
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFileDownload } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Query } from "@/api/client";
import { ExportDrawer } from "./drawer";

type Props = {
  /** What the list is asked with; nothing while that is not known. */
  question: Query | null;
  /** The columns the list shows. */
  shown: string[];
};

export function ExportButton({ question, shown }: Props) {
  const t = useTranslations("exports");
  const [opened, drawer] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileDownload size={16} />}
        disabled={question === null}
        onClick={drawer.open}
      >
        {t("export")}
      </Button>
      {question && <ExportDrawer opened={opened} close={drawer.close} question={question} shown={shown} />}
    </>
  );
}
