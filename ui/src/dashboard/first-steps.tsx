// What to do with an empty shop, instead of a page full of zeros.
import { Box, SimpleGrid, Text } from "@mantine/core";
import { type Icon, IconAdjustments, IconCloudUpload, IconKey, IconUserPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Card } from "@/parts/page";
import { type Permission, useMay } from "@/shell/session";

const steps: { to: string; word: "import" | "connect" | "settings" | "users"; icon: Icon; permission: Permission }[] = [
  { to: "/import", word: "import", icon: IconCloudUpload, permission: "imports:write" },
  { to: "/keys", word: "connect", icon: IconKey, permission: "users:write" },
  { to: "/settings", word: "settings", icon: IconAdjustments, permission: "settings:write" },
  { to: "/users", word: "users", icon: IconUserPlus, permission: "users:write" },
];

export function FirstSteps() {
  const t = useTranslations("dashboard.firstSteps");
  const may = useMay();
  const allowed = steps.filter(({ permission }) => may(permission));
  return (
    <Card title={t("title")} hint={t("hint")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {allowed.map(({ to, word, icon: Picture }) => (
          <Link key={to} to={to} className="step-link">
            <Picture size={22} stroke={1.6} aria-hidden />
            <Box>
              <Text fw={600} size="sm">
                {t(`steps.${word}`)}
              </Text>
              <Text c="dimmed" size="sm">
                {t(`hints.${word}`)}
              </Text>
            </Box>
          </Link>
        ))}
      </SimpleGrid>
    </Card>
  );
}
