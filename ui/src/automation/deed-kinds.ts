// The kinds of actions: their picture, and how each begins. A new kind is one more entry here, and a form beside it.
import {
  type Icon,
  IconActivity,
  IconForms,
  IconMail,
  IconNews,
  IconNote,
  IconPlayerPlay,
  IconTargetArrow,
  IconTargetOff,
  IconUsersGroup,
  IconViewfinder,
  IconWebhook,
} from "@tabler/icons-react";
import type { Action, Deed, DeedKind } from "@/api/types";

/** No choice made yet; the server refuses it at the action's own place. */
export const UNCHOSEN = 0;

type Kind<Name extends DeedKind> = { icon: Icon; start: Required<Extract<Deed, { type: Name }>> };
type Kinds = { [Name in DeedKind]: Kind<Name> };

const counting = { removeOthers: false, increaseCounter: false, considerProfilingConsent: false };

export const deedKinds: Kinds = {
  send_mail: {
    icon: IconMail,
    start: {
      type: "send_mail",
      templateId: UNCHOSEN,
      templateName: null,
      toCustomer: true,
      to: [],
      purpose: null,
      considerProfilingConsent: false,
    },
  },
  add_segment: { icon: IconTargetArrow, start: { type: "add_segment", segmentId: UNCHOSEN, ...counting } },
  remove_segment: {
    icon: IconTargetOff,
    start: { type: "remove_segment", segmentId: UNCHOSEN, considerProfilingConsent: false },
  },
  change_field: { icon: IconForms, start: { type: "change_field", field: "", value: null } },
  track_activity: { icon: IconActivity, start: { type: "track_activity", activityType: "", attributes: {} } },
  webhook: { icon: IconWebhook, start: { type: "webhook", webhookId: UNCHOSEN } },
  set_subscription: { icon: IconNews, start: { type: "set_subscription", list: "", status: "subscribed" } },
  add_note: { icon: IconNote, start: { type: "add_note", title: "", text: "" } },
  start_rule: { icon: IconPlayerPlay, start: { type: "start_rule", ruleId: UNCHOSEN } },
  add_tracked_segment: { icon: IconViewfinder, start: { type: "add_tracked_segment", ...counting } },
  add_target_group_segment: { icon: IconUsersGroup, start: { type: "add_target_group_segment", ...counting } },
};

export const deedNames = Object.keys(deedKinds) as DeedKind[];

/** An action as it begins: what touches profiles asks for the consent to that. */
export function freshDeed(kind: DeedKind): Deed {
  const start: Deed = deedKinds[kind].start;
  return "considerProfilingConsent" in start ? { ...start, considerProfilingConsent: true } : start;
}

/** With everything the server leaves out because it is as usual, so that each input has its place. */
export function fullDeed(deed: Deed): Deed {
  const start = deedKinds[deed.type]?.start;
  if (start === undefined) return deed;
  return deed.type === "send_mail"
    ? ({ ...start, templateId: null, ...deed } as Deed)
    : ({ ...start, ...deed } as Deed);
}

export const noTiming = { delay: null, at: null, recheck: false, evenIfInactive: false };

export function fullAction(action: Action): Action {
  return { ...noTiming, ...fullDeed(action) };
}

/** What an action is about, without when. */
export function deedOf({ delay: _, at: __, recheck: ___, evenIfInactive: ____, ...deed }: Action): Deed {
  return deed as Deed;
}
