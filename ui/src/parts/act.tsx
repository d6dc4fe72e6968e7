// A small button beside a row: moves it, doubles it, takes it away. Rows find their buttons by name to keep the keyboard where it was.
import { ActionIcon } from "@mantine/core";
import type { ReactNode } from "react";

type Props = {
  name: string;
  label: string;
  isOff?: boolean;
  size?: number;
  act: () => void;
  children: ReactNode;
};

/** What cannot be done at the end of a list can still be reached, so that the keyboard does not lose its place. */
export function Act({ name, label, isOff = false, size, act, children }: Props) {
  return (
    <ActionIcon
      size={size}
      variant="subtle"
      color="gray"
      data-act={name}
      opacity={isOff ? 0.35 : 1}
      aria-disabled={isOff || undefined}
      aria-label={label}
      title={label}
      onClick={isOff ? undefined : act}
    >
      {children}
    </ActionIcon>
  );
}
