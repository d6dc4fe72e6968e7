// The pages of the app in their groups; the sidebar and the command palette both read this list.
import {
  type Icon,
  IconAdjustments,
  IconArrowsJoin2,
  IconBolt,
  IconBuilding,
  IconChartHistogram,
  IconChecklist,
  IconCloudUpload,
  IconCopyCheck,
  IconFileDownload,
  IconForms,
  IconHistory,
  IconKey,
  IconLink,
  IconListCheck,
  IconMail,
  IconMailFast,
  IconMailOff,
  IconStack2,
  IconTags,
  IconTargetArrow,
  IconUserCog,
  IconUserShield,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { Permission } from "./session";

export type Destination = { to: string; word: DestinationWord; icon: Icon; permission: Permission };
export type DestinationWord =
  | "dashboard"
  | "customers"
  | "duplicates"
  | "companies"
  | "import"
  | "exports"
  | "bulk"
  | "segments"
  | "builders"
  | "rules"
  | "templates"
  | "messages"
  | "links"
  | "suppressions"
  | "general"
  | "duplicateSettings"
  | "fields"
  | "activityTypes"
  | "users"
  | "roles"
  | "keys"
  | "webhooks"
  | "jobs"
  | "audit";
export type GroupWord = "insight" | "customers" | "audience" | "automation" | "messages" | "settings";

export const navigation: { word: GroupWord; destinations: Destination[] }[] = [
  {
    word: "insight",
    destinations: [{ to: "/", word: "dashboard", icon: IconChartHistogram, permission: "customers:read" }],
  },
  {
    word: "customers",
    destinations: [
      { to: "/customers", word: "customers", icon: IconUsers, permission: "customers:read" },
      { to: "/duplicates", word: "duplicates", icon: IconCopyCheck, permission: "duplicates:read" },
      { to: "/companies", word: "companies", icon: IconBuilding, permission: "customers:read" },
      { to: "/import", word: "import", icon: IconCloudUpload, permission: "imports:write" },
      { to: "/exports", word: "exports", icon: IconFileDownload, permission: "exports:write" },
      { to: "/bulk", word: "bulk", icon: IconChecklist, permission: "customers:read" },
    ],
  },
  {
    word: "audience",
    destinations: [
      { to: "/segments", word: "segments", icon: IconTargetArrow, permission: "segments:read" },
      { to: "/builders", word: "builders", icon: IconStack2, permission: "segments:read" },
    ],
  },
  {
    word: "automation",
    destinations: [{ to: "/rules", word: "rules", icon: IconBolt, permission: "rules:read" }],
  },
  {
    word: "messages",
    destinations: [
      { to: "/templates", word: "templates", icon: IconMail, permission: "mail:read" },
      { to: "/messages", word: "messages", icon: IconMailFast, permission: "mail:read" },
      { to: "/links", word: "links", icon: IconLink, permission: "mail:read" },
      { to: "/suppressions", word: "suppressions", icon: IconMailOff, permission: "mail:read" },
    ],
  },
  {
    word: "settings",
    destinations: [
      { to: "/settings", word: "general", icon: IconAdjustments, permission: "settings:read" },
      { to: "/duplicate-settings", word: "duplicateSettings", icon: IconArrowsJoin2, permission: "settings:read" },
      { to: "/fields", word: "fields", icon: IconForms, permission: "settings:read" },
      { to: "/activity-types", word: "activityTypes", icon: IconTags, permission: "settings:read" },
      { to: "/users", word: "users", icon: IconUserCog, permission: "users:read" },
      { to: "/roles", word: "roles", icon: IconUserShield, permission: "users:read" },
      { to: "/keys", word: "keys", icon: IconKey, permission: "users:read" },
      { to: "/webhooks", word: "webhooks", icon: IconWebhook, permission: "webhooks:read" },
      { to: "/jobs", word: "jobs", icon: IconListCheck, permission: "jobs:read" },
      { to: "/audit", word: "audit", icon: IconHistory, permission: "audit:read" },
    ],
  },
];

/** Where one begins: the dashboard, or else the first page one may see, or else one's own account. */
export function firstPage(permissions: readonly string[]): string {
  const pages = navigation.flatMap(({ destinations }) => destinations);
  return pages.find(({ permission }) => permissions.includes(permission))?.to ?? "/account";
}
