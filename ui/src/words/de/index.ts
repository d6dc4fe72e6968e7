// All German words, one part per slice.
import type { Words } from "../en";
import { activities } from "./activities";
import { admin } from "./admin";
import { automation } from "./automation";
import { builders } from "./builders";
import { companies } from "./companies";
import { conditions } from "./conditions";
import { consents } from "./consents";
import { customers } from "./customers";
import { dashboard } from "./dashboard";
import { jobs } from "./jobs";
import { links } from "./links";
import { mail } from "./mail";
import { errors, parts } from "./parts";
import { segments } from "./segments";
import { settings } from "./settings";
import { shell } from "./shell";
import { subscriptions } from "./subscriptions";
import { transfer } from "./transfer";

export const de: Words = {
  activities,
  admin,
  automation,
  builders,
  companies,
  conditions,
  consents,
  customers,
  dashboard,
  errors,
  jobs,
  links,
  mail,
  parts,
  segments,
  settings,
  shell,
  subscriptions,
  transfer,
};
