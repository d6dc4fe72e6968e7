// The secret of a webhook, shown this once; the dialog closes only by saying that it was kept.
import { Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { WebhookWithSecret } from "@/api/types";
import { ShownOnce } from "@/parts/shown-once";

type Props = { made: WebhookWithSecret | null; isNew?: boolean; finish: () => void };

export function SecretDialog({ made, isNew = false, finish }: Props) {
  const t = useTranslations("webhooks");
  return (
    <Modal
      opened={made !== null}
      onClose={finish}
      title={t("secretTitle", { name: made?.name ?? "" })}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      {made && (
        <ShownOnce
          secret={made.secret}
          text={t(isNew ? "shownOnce" : "rotatedOnce")}
          verb={t("keptIt")}
          finish={finish}
          testId="webhook-secret"
        />
      )}
    </Modal>
  );
}
