// All English words, one part per slice.

import { admin } from "./admin";
import { dashboard } from "./dashboard";
import { jobs } from "./jobs";
import { errors, parts } from "./parts";
import { shell } from "./shell";

export const en = { admin, dashboard, errors, jobs, parts, shell };
export type Words = typeof en;
