// Where six digits are typed, or a recovery code; browsers and phones offer what they know.
import { TextInput, type TextInputProps } from "@mantine/core";

export function CodeInput(props: TextInputProps) {
  return (
    <TextInput
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      aria-invalid={props.error ? true : undefined}
      {...props}
    />
  );
}
