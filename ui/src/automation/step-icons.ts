// The pictures of the kinds of steps.
import {
  type Icon,
  IconArrowsSplit2,
  IconBolt,
  IconClock,
  IconDoorExit,
  IconHourglass,
  IconPercentage,
} from "@tabler/icons-react";
import type { StepKind } from "@/api/types";

export const stepIcons: Record<StepKind, Icon> = {
  action: IconBolt,
  wait: IconClock,
  wait_for: IconHourglass,
  branch: IconArrowsSplit2,
  split: IconPercentage,
  exit: IconDoorExit,
};
