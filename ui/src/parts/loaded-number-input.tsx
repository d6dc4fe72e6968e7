// The input of a number, in a file of its own so that it can be fetched by itself.
import { type NumberInputProps, NumberInput as Widget } from "@mantine/core";

export function NumberInput(props: NumberInputProps) {
  return <Widget {...props} />;
}
