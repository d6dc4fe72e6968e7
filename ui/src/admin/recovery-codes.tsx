// The recovery codes, shown this once; the dialog closes only by saying that they were kept.
import { Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import { ShownOnce } from "@/parts/shown-once";

export function CodesDialog({ codes, finish }: { codes: string[] | null; finish: () => void }) {
  const t = useTranslations("account");
  return (
    <Modal
      opened={codes !== null}
      onClose={finish}
      title={t("codesTitle")}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      {codes && (
        <ShownOnce
          secret={codes.join("\n")}
          text={t("codesOnce")}
          verb={t("codesKept")}
          finish={finish}
          testId="recovery-codes"
        />
      )}
    </Modal>
  );
}
