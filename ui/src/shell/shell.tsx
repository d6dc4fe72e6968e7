// The frame around every page for people who are signed in: navigation on the left, the page beside it.
import "./frame.css";
import { Burger, Group, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { later } from "@/parts/later";
import { palette } from "./palette-choice";
import { Sidebar } from "./sidebar";

// The palette is opened now and then, so it is fetched after the first page has been drawn.
const Palette = later(() => import("./palette"), "Palette", null);

export function Shell() {
  const t = useTranslations("shell");
  const [opened, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  // The shortcut works before the palette itself has arrived; it then opens as soon as it does.
  useHotkeys([["mod+K", () => palette.toggle()]], []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes whenever another page is shown
  useEffect(() => menu.close(), [pathname]);
  return (
    <>
      <a className="skip-link" href="#content">
        {t("skip")}
      </a>
      <header className="frame-head">
        <Group h="100%" px="sm" gap="sm">
          <Burger opened={opened} onClick={menu.toggle} size="sm" aria-label={t("menu")} />
          <Text fw={650}>Regulars</Text>
        </Group>
      </header>
      <nav className="frame-side" data-opened={opened || undefined}>
        <Sidebar close={menu.close} />
      </nav>
      <main className="frame-page" id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Palette />
    </>
  );
}
