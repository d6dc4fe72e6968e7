// One trigger or action in its list: its picture, its kind, and its form below.
import { Box, Group, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = { label: string; icon: Icon; title: string; hint?: string; problem?: string; children?: ReactNode };

export function PartRow({ label, icon: Picture, title, hint, problem, children }: Props) {
  return (
    <Box className="rule-part" role="group" aria-label={label}>
      <Group gap="xs" wrap="nowrap">
        <ThemeIcon size={26} radius="md" variant="light" aria-hidden>
          <Picture size={16} />
        </ThemeIcon>
        <Text size="sm" fw={600}>
          {title}
        </Text>
      </Group>
      <Box className="rule-part-form">
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
        {children}
        {problem && (
          <Text size="sm" c="red" role="alert" mt={4}>
            {problem}
          </Text>
        )}
      </Box>
    </Box>
  );
}
