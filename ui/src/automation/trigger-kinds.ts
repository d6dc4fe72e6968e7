// The kinds of triggers: their picture, and how each begins. A new kind is one more entry here, and a form beside it.
import {
  type Icon,
  IconActivity,
  IconActivityHeartbeat,
  IconArrowsJoin2,
  IconCake,
  IconCalendarTime,
  IconDoorEnter,
  IconDoorExit,
  IconNews,
  IconRefresh,
  IconShieldCheck,
  IconUserEdit,
  IconUserPlus,
  IconUsersGroup,
  IconViewfinder,
  IconZzz,
} from "@tabler/icons-react";
import type { Trigger, TriggerKind } from "@/api/types";
import { UNCHOSEN } from "./deed-kinds";

export const triggerGroups = ["doing", "changing", "segments", "time"] as const;
type Group = (typeof triggerGroups)[number];
type Kind<Name extends TriggerKind> = { icon: Icon; group: Group; start: Required<Extract<Trigger, { type: Name }>> };
type Kinds = { [Name in TriggerKind]: Kind<Name> };

export const triggerKinds: Kinds = {
  new_activity: {
    icon: IconActivity,
    group: "doing",
    start: { type: "new_activity", activityType: "", where: null },
  },
  activity_changed: {
    icon: IconActivityHeartbeat,
    group: "doing",
    start: { type: "activity_changed", activityType: "", where: null },
  },
  inactivity: { icon: IconZzz, group: "doing", start: { type: "inactivity", activityType: "", for: "30d" } },
  customer_created: { icon: IconUserPlus, group: "changing", start: { type: "customer_created" } },
  customer_updated: { icon: IconUserEdit, group: "changing", start: { type: "customer_updated", fields: [] } },
  customers_merged: { icon: IconArrowsJoin2, group: "changing", start: { type: "customers_merged" } },
  consent_changed: {
    icon: IconShieldCheck,
    group: "changing",
    start: { type: "consent_changed", purpose: null, granted: null },
  },
  subscription_changed: {
    icon: IconNews,
    group: "changing",
    start: { type: "subscription_changed", list: null, status: null },
  },
  segment_entered: {
    icon: IconDoorEnter,
    group: "segments",
    start: { type: "segment_entered", segmentId: UNCHOSEN, onRebuild: false },
  },
  segment_left: {
    icon: IconDoorExit,
    group: "segments",
    start: { type: "segment_left", segmentId: UNCHOSEN, onRebuild: false },
  },
  segment_tracked: { icon: IconViewfinder, group: "segments", start: { type: "segment_tracked", segmentId: null } },
  target_group_assigned: {
    icon: IconUsersGroup,
    group: "segments",
    start: { type: "target_group_assigned", targetGroupId: null, assignment: "all" },
  },
  date_reached: {
    icon: IconCake,
    group: "time",
    start: { type: "date_reached", field: "birthDate", before: null, after: null, at: "09:00", yearly: true },
  },
  cron: {
    icon: IconCalendarTime,
    group: "time",
    start: { type: "cron", expression: "0 9 * * *", timeZone: null, missed: "once" },
  },
  segments_built: { icon: IconRefresh, group: "time", start: { type: "segments_built", segmentId: null } },
};

export const triggerNames = Object.keys(triggerKinds) as TriggerKind[];

/** With everything the server leaves out because it is as usual, so that each input has its place. */
export function fullTrigger(trigger: Trigger): Trigger {
  if (trigger.type === "date_reached") return { ...trigger, ...withDefaults(trigger, ["before", "after", "at"]) };
  return { ...triggerKinds[trigger.type]?.start, ...trigger } as Trigger;
}

function withDefaults(trigger: Extract<Trigger, { type: "date_reached" }>, names: ("before" | "after" | "at")[]) {
  const times = Object.fromEntries(names.map((name) => [name, trigger[name] ?? null]));
  return { ...times, yearly: trigger.yearly ?? false };
}
