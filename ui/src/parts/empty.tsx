// An empty place that says what belongs here and what to do next.
import { EmptyState } from "@mantine/core";
import { type Icon, IconInbox } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = { title: string; hint?: string; icon?: Icon; children?: ReactNode };

export function Empty({ title, hint, icon: Picture = IconInbox, children }: Props) {
  return (
    <EmptyState
      size="sm"
      variant="light"
      py="xl"
      px="md"
      icon={<Picture size={22} stroke={1.6} />}
      title={title}
      description={hint}
    >
      {children && <EmptyState.Actions>{children}</EmptyState.Actions>}
    </EmptyState>
  );
}
