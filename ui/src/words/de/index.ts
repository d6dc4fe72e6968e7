// All German words, one part per slice.
import type { Words } from "../en";
import { admin } from "./admin";
import { dashboard } from "./dashboard";
import { jobs } from "./jobs";
import { errors, parts } from "./parts";
import { shell } from "./shell";

export const de: Words = { admin, dashboard, errors, jobs, parts, shell };
