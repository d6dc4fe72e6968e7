// The whole condition as JSON: what is written there replaces the rows once it is a condition.
import { Alert, Button, Code, CopyButton, Group, List, Modal, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Problem } from "@/api/types";
import { useOpening } from "@/parts/later";
import { useToasts } from "@/parts/toasts";
import { useBuilder } from "./context";
import type { JsonProps } from "./json-button";
import { asGroup } from "./model";
import { type Condition, misplaced } from "./types";

const ROWS_MIN = 12;
const ROWS_MAX = 24;

type Props = JsonProps & { opened: boolean; close: () => void };

export function JsonDialog({ opened, ...props }: Props) {
  const t = useTranslations("conditions.json");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={useOpening(opened)}
      onClose={props.close}
      size="xl"
      title={t("title")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {opened && <JsonEditor {...props} />}
    </Modal>
  );
}

function JsonEditor({ value, apply, isAskable, close }: Omit<Props, "opened">) {
  const t = useTranslations("conditions.json");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const { readOnly } = useBuilder();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [problems, setProblems] = useState<Pick<Problem, "path" | "message">[]>([]);
  const [isChecking, setChecking] = useState(false);
  const finish = async () => {
    const read = readJson(text);
    if ("error" in read) return setProblems([{ path: "", message: t("noJson", { why: read.error }) }]);
    const spot = misplaced(read.value);
    if (spot !== null) return setProblems([{ path: spot, message: t("noCondition") }]);
    const condition = read.value as Condition;
    setChecking(true);
    try {
      if (isAskable) await post("/api/segments/preview", { condition, sample: 0 });
      apply(asGroup(condition));
      close();
    } catch (error) {
      if (error instanceof ApiError && error.problems.length > 0) setProblems(error.problems.map(withinCondition));
      else toasts.failed(error);
    } finally {
      setChecking(false);
    }
  };
  return (
    <Stack gap="sm">
      <Textarea
        label={t("label")}
        data-autofocus
        autosize
        minRows={ROWS_MIN}
        maxRows={ROWS_MAX}
        readOnly={readOnly}
        spellCheck={false}
        classNames={{ input: "code-input" }}
        error={problems.length > 0}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setProblems([]);
        }}
      />
      <Problems problems={problems} />
      <Group justify="flex-end" gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" mr="auto" onClick={copy}>
              {parts(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={close}>
          {parts("cancel")}
        </Button>
        {!readOnly && (
          <Button loading={isChecking} onClick={finish}>
            {t("apply")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Problems({ problems }: { problems: Pick<Problem, "path" | "message">[] }) {
  if (problems.length === 0) return null;
  return (
    <Alert color="red" role="alert">
      <List size="sm">
        {problems.map(({ path, message }) => (
          <List.Item key={`${path} ${message}`}>
            {path !== "" && <Code>{path}</Code>} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function readJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The server names places within what it was asked; here they are places within the condition. */
function withinCondition({ path, message }: Problem) {
  return { path: path.replace(/^\/condition/, ""), message };
}
