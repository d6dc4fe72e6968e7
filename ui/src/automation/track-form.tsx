// The form of an action that notes an activity.
import { Stack } from "@mantine/core";
import type { Deed } from "@/api/types";
import { AttributeRows } from "./attribute-rows";
import { TypeChoice } from "./choices";
import { at, type SpotProps } from "./spots";

export function TrackForm({ draft, pointer }: SpotProps) {
  const deed = at<Extract<Deed, { type: "track_activity" }>>(draft, pointer);
  return (
    <Stack gap="xs">
      <TypeChoice {...draft.input<string>(`${pointer}/activityType`)} />
      <AttributeRows
        type={deed.activityType}
        value={deed.attributes ?? {}}
        onChange={(attributes) => draft.set(`${pointer}/attributes`, attributes)}
      />
    </Stack>
  );
}
