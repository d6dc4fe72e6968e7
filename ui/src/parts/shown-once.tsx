// A secret that the server shows this once: to copy, and to be closed by saying that it was kept.
import { Alert, Button, Code, CopyButton, Group, Stack } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

type Props = {
  secret: string;
  /** What it is for, and that it cannot be shown again. */
  text: ReactNode;
  /** What the closing button says. */
  verb: string;
  finish: () => void;
  /** By what tests find the secret. */
  testId: string;
};

export function ShownOnce({ secret, text, verb, finish, testId }: Props) {
  return (
    <Stack gap="md">
      <Alert color="yellow">{text}</Alert>
      <Code block data-testid={testId} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {secret}
      </Code>
      <Group gap="xs" justify="flex-end">
        <CopyText text={secret} />
        <Button onClick={finish}>{verb}</Button>
      </Group>
    </Stack>
  );
}

function CopyText({ text }: { text: string }) {
  const t = useTranslations("parts");
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          onClick={copy}
        >
          {t(copied ? "copied" : "copy")}
        </Button>
      )}
    </CopyButton>
  );
}
