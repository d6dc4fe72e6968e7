// The quiet page before one is signed in: a card in the middle, and the choice of language.
import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { LanguageChoice } from "@/shell/user-menu";

export function Door({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Regulars`;
  }, [title]);
  return (
    <Stack component="main" mih="100vh" align="center" justify="center" p="md">
      <Box className="card" w="100%" maw={400} p="xl">
        <Group gap={10} mb="lg">
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} width={30} height={30} alt="" />
          <Text fw={680} fz="xl" lts={-0.3}>
            Regulars
          </Text>
        </Group>
        <Title order={1} fz="h2" mb={hint ? 4 : "md"}>
          {title}
        </Title>
        {hint && (
          <Text c="dimmed" size="sm" mb="md">
            {hint}
          </Text>
        )}
        {children}
      </Box>
      <Box w={200}>
        <LanguageChoice />
      </Box>
    </Stack>
  );
}
