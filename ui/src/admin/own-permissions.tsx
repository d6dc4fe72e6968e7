// What one may do here oneself, and by which role.
import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Card } from "@/parts/page";
import { useMay, useSession } from "@/shell/session";
import { areas } from "./permissions";
import { useRoleName } from "./role-queries";
import "./roles.css";

export function OwnPermissions() {
  const t = useTranslations("roles");
  const { user } = useSession();
  const may = useMay();
  const role = useRoleName()(user.role, user.roleName);
  const functions = areas.flatMap((area) => area.functions);
  const own = functions.flatMap(({ word, look, change }) => {
    const sentences = [look, change].filter((one) => one !== undefined && may(one)) as NonNullable<typeof look>[];
    return sentences.length === 0 ? [] : [{ word, sentences }];
  });
  return (
    <Card title={t("mine")} hint={t("mineAs", { role })}>
      {own.length === 0 && <Text size="sm">{t("mineNothing")}</Text>}
      <dl className="own-permissions">
        {own.map(({ word, sentences }) => (
          <div key={word}>
            <dt>{t(`functions.${word}`)}</dt>
            <dd>{sentences.map((one) => t(`sentences.${one}`)).join(" · ")}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
