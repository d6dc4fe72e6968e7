// All English words, one part per slice.
import { account } from "./account";
import { activities } from "./activities";
import { admin } from "./admin";
import { audit } from "./audit";
import { automation } from "./automation";
import { builders } from "./builders";
import { bulk } from "./bulk";
import { companies } from "./companies";
import { conditions } from "./conditions";
import { consents } from "./consents";
import { customers } from "./customers";
import { dashboard } from "./dashboard";
import { deeds } from "./deeds";
import { duplicates } from "./duplicates";
import { errors } from "./errors";
import { exports } from "./exports";
import { jobs } from "./jobs";
import { journeys } from "./journeys";
import { links } from "./links";
import { mail } from "./mail";
import { merging } from "./merging";
import { parts } from "./parts";
import { roles } from "./roles";
import { segments } from "./segments";
import { settings } from "./settings";
import { shell } from "./shell";
import { simulation } from "./simulation";
import { subscriptions } from "./subscriptions";
import { transfer } from "./transfer";
import { triggers } from "./triggers";
import { views } from "./views";
import { webhooks } from "./webhooks";

export const en = {
  account,
  activities,
  admin,
  audit,
  automation,
  builders,
  bulk,
  companies,
  conditions,
  consents,
  customers,
  dashboard,
  deeds,
  duplicates,
  errors,
  exports,
  jobs,
  journeys,
  links,
  mail,
  merging,
  parts,
  roles,
  segments,
  settings,
  shell,
  simulation,
  subscriptions,
  transfer,
  triggers,
  views,
  webhooks,
};
export type Words = typeof en;
