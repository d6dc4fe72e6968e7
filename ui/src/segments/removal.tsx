// Deleting a segment: says what uses it, and asks what is to become of that.
import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslations } from "use-intl";
import type { Segment } from "@/api/types";
import { later } from "@/parts/later";

const Removal = later(() => import("./removal-form"), "Removal");

export function DeleteButton({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  const parts = useTranslations("parts");
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {parts("delete")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("deleteTitle", { name: segment.name })}
        closeButtonProps={{ "aria-label": parts("close") }}
      >
        {opened && <Removal segment={segment} close={dialog.close} />}
      </Modal>
    </>
  );
}
