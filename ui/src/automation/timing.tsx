// When an action is done: at once, after a while, at a time of day; and what is asked then.
import { Button, Checkbox, Group, Select, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Action } from "@/api/types";
import { DelayInput, TimeInput } from "./choices";
import { readDelay } from "./delay";
import { at, type SpotProps } from "./spots";

type Mode = "now" | "later" | "at";
const modes: Mode[] = ["now", "later", "at"];
const MORNING = "09:00";

function modeOf({ delay, at }: Action): Mode {
  if (delay && readDelay(delay)?.count) return "later";
  return at ? "at" : "now";
}

export function TimingInputs({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const action = at<Action>(draft, pointer);
  const mode = modeOf(action);
  const choose = (next: string | null) => {
    if (next === "now") draft.set(pointer, { ...action, delay: null, at: null });
    if (next === "later") draft.set(pointer, { ...action, delay: "1h", at: null });
    if (next === "at") draft.set(pointer, { ...action, delay: null, at: MORNING });
  };
  const delay = draft.input<string>(`${pointer}/delay`);
  return (
    <Stack gap={6}>
      <Group gap="sm" align="flex-end">
        <Select
          size="xs"
          w={150}
          label={t("timing")}
          allowDeselect={false}
          value={mode}
          onChange={choose}
          data={modes.map((value) => ({ value, label: t(`timings.${value}`) }))}
        />
        {mode === "later" && <DelayInput label={t("delay")} {...delay} />}
        {mode !== "now" && (
          <TimeInput label={mode === "later" ? t("thenAt") : t("atHint")} {...draft.input(`${pointer}/at`)} />
        )}
        {mode !== "now" && <More draft={draft} pointer={pointer} />}
      </Group>
    </Stack>
  );
}

/** What matters only when the action comes later. */
function More({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { recheck = false, evenIfInactive = false } = at<Action>(draft, pointer);
  const [isOpen, setOpen] = useState(recheck || evenIfInactive);
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? "less" : "more")}
      </Button>
      {isOpen && (
        <Group gap="lg" w="100%">
          <Checkbox size="xs" label={t("recheck")} {...draft.check(`${pointer}/recheck`)} />
          <Checkbox size="xs" label={t("evenIfInactive")} {...draft.check(`${pointer}/evenIfInactive`)} />
        </Group>
      )}
    </>
  );
}
