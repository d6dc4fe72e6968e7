// What can be done with a webhook: try it, give it a new secret, delete it.
import { Button, Tooltip } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post, remove } from "@/api/client";
import type { Delivery, Webhook, WebhookWithSecret } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { webhooksPath } from "./queries";
import { SecretDialog } from "./secret-dialog";

type Props = { webhook: Webhook };

/** Leads to the delivery it makes, which shows how it goes. */
export function TestButton({ webhook: { id, active } }: Props) {
  const t = useTranslations("webhooks");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isSending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    try {
      const made = await post<Delivery>(`${webhooksPath}/${id}/test`, {});
      queries.invalidateQueries({ queryKey: [`${webhooksPath}/${id}/deliveries`] });
      await navigate({
        to: "/webhooks/$id",
        params: { id: String(id) },
        search: { tab: "deliveries", delivery: made.id },
      });
    } catch (error) {
      toasts.failed(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <Tooltip label={t("testOff")} disabled={active}>
      <Button
        variant="default"
        leftSection={<IconSend size={16} />}
        loading={isSending}
        data-disabled={!active || undefined}
        aria-disabled={!active || undefined}
        onClick={active ? send : undefined}
      >
        {t("test")}
      </Button>
    </Tooltip>
  );
}

export function RotateButton({ webhook: { id, name } }: Props) {
  const t = useTranslations("webhooks");
  const queries = useQueryClient();
  const [made, setMade] = useState<WebhookWithSecret | null>(null);
  const rotate = async () => {
    setMade(await post<WebhookWithSecret>(`${webhooksPath}/${id}/rotate`, {}));
    await queries.invalidateQueries({ queryKey: [webhooksPath] });
  };
  return (
    <>
      <ConfirmButton
        label={t("rotate")}
        title={t("rotateTitle", { name })}
        text={t("rotateText")}
        verb={t("rotateVerb")}
        danger={false}
        act={rotate}
      />
      <SecretDialog made={made} finish={() => setMade(null)} />
    </>
  );
}

export function DeleteButton({ webhook: { id, name } }: Props) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const act = async () => {
    await remove(`${webhooksPath}/${id}`);
    toasts.done(t("deleted", { name }));
    await navigate({ to: "/webhooks" });
    queries.removeQueries({ queryKey: [webhooksPath, "one", String(id)] });
    await queries.invalidateQueries({ queryKey: [webhooksPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
