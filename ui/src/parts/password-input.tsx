// Mantine's input for passwords, which forgets to tell assistive technology that its value was refused.
import { PasswordInput as Bare, type PasswordInputProps } from "@mantine/core";

export function PasswordInput(props: PasswordInputProps) {
  return <Bare aria-invalid={props.error ? true : undefined} {...props} />;
}
