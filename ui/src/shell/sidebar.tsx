// The left column: brand, search, the pages one may see, running jobs, and one's own menu.
import { ActionIcon, Box, Group, Kbd, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { Fragment, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { JobTray } from "@/jobs/tray";
import { Shortcuts } from "@/views/shortcuts";
import { navigation } from "./navigation";
import { palette } from "./palette-choice";
import { useMay } from "./session";
import { UserMenu } from "./user-menu";

export function Sidebar({ close }: { close: () => void }) {
  const t = useTranslations("shell");
  const nav = useActiveInSight();
  return (
    <>
      <Group px="md" pt="md" pb="xs" justify="space-between">
        <Link to="/" style={{ textDecoration: "none", color: "inherit" }}>
          <Group gap={8}>
            <img src={`${import.meta.env.BASE_URL}favicon.svg`} width={24} height={24} alt="" />
            <Text fw={680} fz="lg" lts={-0.2}>
              Regulars
            </Text>
          </Group>
        </Link>
        <ActionIcon hiddenFrom="sm" variant="subtle" color="gray" onClick={close} aria-label={t("closeMenu")}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <Box px="sm" pb="xs">
        <SearchButton />
      </Box>
      <ScrollArea flex={1} px="sm" type="hover" scrollbarSize={6}>
        <nav aria-label={t("navigation")} ref={nav}>
          <Groups />
        </nav>
      </ScrollArea>
      <Box px="sm" py="xs" style={{ borderTop: "1px solid var(--regulars-line)" }}>
        <JobTray />
        <UserMenu />
      </Box>
    </>
  );
}

/** Where one is stays in sight, also when the list of pages is longer than the window. */
function useActiveInSight() {
  const nav = useRef<HTMLElement>(null);
  const page = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another active link
  useEffect(() => {
    nav.current?.querySelector('[data-status="active"]')?.scrollIntoView({ block: "nearest" });
  }, [page]);
  return nav;
}

function SearchButton() {
  const t = useTranslations("shell");
  return (
    <UnstyledButton
      className="nav-link"
      w="100%"
      style={{ border: "1px solid var(--regulars-line)" }}
      onClick={() => palette.open()}
      aria-keyshortcuts="Control+K Meta+K"
    >
      <IconSearch size={16} aria-hidden />
      <Text span c="dimmed" size="sm" flex={1}>
        {t("search")}
      </Text>
      <Kbd size="xs" visibleFrom="sm">
        {t("searchKey")}
      </Kbd>
    </UnstyledButton>
  );
}

function Groups() {
  const t = useTranslations("shell");
  const may = useMay();
  return navigation.map(({ word, destinations }) => {
    const allowed = destinations.filter((destination) => may(destination.permission));
    if (allowed.length === 0) return null;
    return (
      <Box key={word} mb={9}>
        <Text size="xs" fw={600} c="dimmed" px={10} pb={4}>
          {t(`groups.${word}`)}
        </Text>
        {allowed.map(({ to, word: name, icon: Picture }) => (
          <Fragment key={to}>
            <Link to={to} className="nav-link" activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Picture size={17} stroke={1.7} aria-hidden />
              {t(`pages.${name}`)}
            </Link>
            {to === "/customers" && <Shortcuts />}
          </Fragment>
        ))}
      </Box>
    );
  });
}
