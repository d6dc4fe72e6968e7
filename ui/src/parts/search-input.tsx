// A text that narrows a list: asked for a moment after the last key, and following the address when that changes.
import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";

const DEBOUNCE_MS = 250;

type Props = Pick<TextInputProps, "w" | "maxLength"> & {
  label: string;
  value: string | undefined;
  onSearch: (wanted: string | undefined) => void;
};

export function SearchInput({ label, value = "", onSearch, ...input }: Props) {
  const [text, setText] = useState(value);
  const search = useDebouncedCallback((wanted: string) => onSearch(wanted.trim() || undefined), DEBOUNCE_MS);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      {...input}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        search(currentTarget.value);
      }}
    />
  );
}
