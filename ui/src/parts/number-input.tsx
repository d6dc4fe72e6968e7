// The input of a number. It is large, and many forms have none in sight; until it is there an input of the same looks holds its place.
import { type NumberInputProps, TextInput } from "@mantine/core";
import { later } from "./later";

export const NumberInput = later(() => import("./loaded-number-input"), "NumberInput", Meanwhile);

function Meanwhile({ size, label, description, error, required, placeholder, value, ...props }: NumberInputProps) {
  const { w, maw, miw, mb, mt, flex, inputWrapperOrder } = props;
  return (
    <TextInput
      {...{ size, label, description, error, required, placeholder, w, maw, miw, mb, mt, flex, inputWrapperOrder }}
      aria-label={props["aria-label"]}
      aria-busy
      readOnly
      value={value ?? ""}
    />
  );
}
