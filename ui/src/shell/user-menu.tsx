// Who is signed in, with the choices that are theirs alone: language, light or dark, the own account, signing out.
import { Avatar, Button, Popover, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconLogout, IconSelector, IconShieldLock } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import { LinkButton } from "@/parts/link-button";
import type { Locale } from "@/words";
import { useLanguage } from "@/words/language";
import { useSession } from "./session";

export function UserMenu() {
  const t = useTranslations("shell");
  const { user } = useSession();
  const [isOpen, setOpen] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    await remove("/api/session");
    await navigate({ to: "/login", search: {} });
    queries.clear();
  };
  return (
    <Popover position="top-start" width={230} shadow="md" trapFocus returnFocus opened={isOpen} onChange={setOpen}>
      <Popover.Target>
        <UnstyledButton className="nav-link" w="100%" onClick={() => setOpen(!isOpen)}>
          <Avatar size={26} radius="xl" color="pine" name={user.name || user.email} aria-hidden />
          <Text size="sm" fw={550} truncate flex={1}>
            {user.name || user.email}
          </Text>
          <span className="visually-hidden">{t("userMenu")}</span>
          <IconSelector size={15} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Text size="xs" c="dimmed" truncate mb={6}>
          {user.email}
        </Text>
        <LanguageChoice />
        <SchemeChoice />
        <LinkButton
          to="/account"
          fullWidth
          mt={8}
          size="xs"
          variant="default"
          leftSection={<IconShieldLock size={15} aria-hidden />}
          onClick={() => setOpen(false)}
        >
          {t("account")}
        </LinkButton>
        <Button
          fullWidth
          mt={6}
          size="xs"
          variant="default"
          leftSection={<IconLogout size={15} aria-hidden />}
          onClick={signOut}
        >
          {t("signOut")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

export function LanguageChoice() {
  const t = useTranslations("shell");
  const { locale, choose } = useLanguage();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label={t("language")}
      value={locale}
      onChange={(value) => choose(value as Locale)}
      data={[
        { value: "en", label: "English" },
        { value: "de", label: "Deutsch" },
      ]}
    />
  );
}

function SchemeChoice() {
  const t = useTranslations("shell");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      mt={6}
      aria-label={t("scheme")}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
      data={[
        { value: "light", label: t("light") },
        { value: "dark", label: t("dark") },
        { value: "auto", label: t("auto") },
      ]}
    />
  );
}
