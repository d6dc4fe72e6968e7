// What is one's own: password, second factor, the sessions that are open, and what one may do.
import { Alert, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconShieldLock } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { Card, Page } from "@/parts/page";
import { useSession } from "@/shell/session";
import { OwnPermissions } from "./own-permissions";
import { PasswordDialog } from "./password-dialog";
import { SecondFactorCard } from "./second-factor";
import { SessionsCard } from "./sessions";

export function AccountPage() {
  const t = useTranslations("account");
  const { user, owesSecondFactor } = useSession();
  return (
    <Page title={t("title")} hint={user.email}>
      {owesSecondFactor && (
        <Alert color="yellow" icon={<IconShieldLock size={18} />} role="alert">
          <Text fw={600}>{t("owed")}</Text>
          {t("owedText")}
        </Alert>
      )}
      <SecondFactorCard />
      {user.hasPassword && <PasswordCard />}
      <SessionsCard />
      {!owesSecondFactor && <OwnPermissions />}
    </Page>
  );
}

function PasswordCard() {
  const t = useTranslations("account");
  const [isOpen, dialog] = useDisclosure(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <Card title={t("password")}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t("passwordText")}</Text>
        <Button ref={button} variant="default" onClick={dialog.open}>
          {t("changePassword")}
        </Button>
      </Group>
      <PasswordDialog opened={isOpen} close={dialog.close} closed={() => button.current?.focus()} />
    </Card>
  );
}
