// A text that a leaf is compared with: written freely, or one of those that are there.
import { Autocomplete } from "@mantine/core";
import { useState } from "react";
import { allOf, type Source, useSuggestions } from "./suggestions";

type Props = {
  size: "xs";
  "aria-label": string;
  disabled: boolean;
  value: string;
  onChange: (value: string) => void;
  source: Source;
};

export function SuggestedInput({ source, ...input }: Props) {
  const [opened, setOpened] = useState(false);
  const suggestions = useSuggestions(source, input.value, opened);
  return (
    <Autocomplete
      {...input}
      {...suggestions}
      w={180}
      filter={allOf}
      comboboxProps={{ width: 260, position: "bottom-start" }}
      onDropdownOpen={() => setOpened(true)}
    />
  );
}
