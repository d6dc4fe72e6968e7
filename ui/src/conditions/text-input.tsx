// A text that a leaf is compared with: written freely, or one of those that are there, which the browser offers below the input.
import { TextInput } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { useState } from "react";
import { type Source, useSuggested } from "./suggestions";

type Props = {
  size: "xs";
  "aria-label": string;
  disabled: boolean;
  value: string;
  onChange: (value: string) => void;
  source: Source;
};

export function SuggestedInput({ source, onChange, ...input }: Props) {
  const id = useId();
  const [entered, setEntered] = useState(false);
  const suggested = useSuggested(source, input.value, entered);
  return (
    <>
      <TextInput
        {...input}
        w={180}
        list={id}
        autoComplete="off"
        onFocus={() => setEntered(true)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={id}>
        {suggested.map(({ value, words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </datalist>
    </>
  );
}
