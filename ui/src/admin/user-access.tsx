// How somebody else signs in, taken back by who keeps the users: sessions, second factor, the provider's account.
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { User } from "@/api/types";
import { ConfirmDialog } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";

type Deed = "endSessions" | "takeFactor" | "disconnect";
const places: Record<Deed, string> = { endSessions: "sessions", takeFactor: "second-factor", disconnect: "provider" };

export function UserAccess({ user, isBeyond }: { user: User; isBeyond: boolean }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [asked, ask] = useState<Deed | null>(null);
  const [shown, show] = useState<Deed>("endSessions");
  const deeds: Deed[] = [];
  if (user.sessions > 0) deeds.push("endSessions");
  if (user.secondFactorSince) deeds.push("takeFactor");
  if (user.hasProvider) deeds.push("disconnect");
  const act = async () => {
    await remove(`/api/users/${user.id}/${places[shown]}`);
    toasts.done(parts("saved"));
    await queries.invalidateQueries({ queryKey: ["/api/users"] });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="default"
            size={26}
            disabled={isBeyond || deeds.length === 0}
            aria-label={t("more", { email: user.email })}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {deeds.map((deed) => (
            <Menu.Item
              key={deed}
              onClick={() => {
                show(deed);
                ask(deed);
              }}
            >
              {t(deed)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asked !== null}
        close={() => ask(null)}
        title={t(`${shown}Title`, { email: user.email })}
        text={t(`${shown}Text`, { count: user.sessions })}
        verb={t(shown)}
        act={act}
      />
    </>
  );
}
