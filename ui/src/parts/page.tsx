// The head every page has (where am I, what is this, what can I do) and the cards its content sits in.
import { Anchor, Box, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

type PageProps = {
  title: ReactNode;
  /** The title as plain text for the browser's tab, when the title is more than text. */
  name?: string;
  hint?: ReactNode;
  /** What stands on the line of the title and belongs to it. */
  beside?: ReactNode;
  back?: { to: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
};

export function Page({ title, name, hint, beside, back, actions, children }: PageProps) {
  const plain = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = plain === "" ? "Regulars" : `${plain} · Regulars`;
  }, [plain]);
  return (
    <Stack gap="md" p={{ base: "md", sm: "lg" }} maw={1440} mx="auto">
      <Box component="header">
        {back && (
          <Anchor component={Link} to={back.to} size="sm" mb={2} display="inline-block">
            ← {back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box miw={0} flex="1 1 280px">
            <Group gap="xs">
              <Title order={1}>{title}</Title>
              {beside}
            </Group>
            {hint && (
              <Text c="dimmed" size="sm" mt={2}>
                {hint}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  );
}

type CardProps = { title?: ReactNode; hint?: ReactNode; actions?: ReactNode; flush?: boolean; children: ReactNode };

/** A card; `flush` lets a list reach its edges. */
export function Card({ title, hint, actions, flush = false, children }: CardProps) {
  return (
    <section className="card">
      {(title || actions) && (
        <Group justify="space-between" px="md" pt="sm" pb={flush ? "xs" : 0} gap="xs">
          <Box>
            {title && <Title order={2}>{title}</Title>}
            {hint && (
              <Text c="dimmed" size="sm">
                {hint}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      <Box p={flush ? 0 : "md"}>{children}</Box>
    </section>
  );
}
