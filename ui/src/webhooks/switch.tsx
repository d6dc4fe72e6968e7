// Switches a webhook on or off where it is listed.
import { Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { patch } from "@/api/client";
import type { Webhook } from "@/api/types";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { webhooksPath } from "./queries";

export function ActiveSwitch({ webhook: { id, name, active, version } }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const may = useMay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const send = async (on: boolean, ifVersion: number) => {
    const answer = await patch<Webhook>(`${webhooksPath}/${id}`, { active: on }, { ifVersion });
    await queries.invalidateQueries({ queryKey: [webhooksPath] });
    return answer;
  };
  const toggle = async (on: boolean) => {
    try {
      const answer = await send(on, version);
      toasts.done(t(on ? "switchedOn" : "switchedOff", { name }), () => send(!on, answer.version));
    } catch (error) {
      toasts.failed(error);
      await queries.invalidateQueries({ queryKey: [webhooksPath] });
    }
  };
  return (
    <Switch
      className="above-row-link"
      size="sm"
      aria-label={t("switch", { name })}
      checked={active}
      disabled={!may("webhooks:write")}
      onChange={(event) => toggle(event.currentTarget.checked)}
    />
  );
}
