// The instance's settings as the form holds them, and the way back. Where the API has an object keyed by what people type,
// or a list that can be long, the form has rows or lines, at the same JSON pointers.
import type { CopyRule, MailSettings, SaveStep, Settings } from "@/api/types";

export const settingsPath = "/api/settings";
export const zipCountries = ["AT", "BE", "CH", "DE", "DK", "GB", "NL", "RU", "SE"];
export const builtInTexts = [
  "email",
  "salutation",
  "gender",
  "firstname",
  "lastname",
  "street",
  "zip",
  "city",
  "countryCode",
  "phone",
  "language",
  "timeZone",
] as const;

export type StepKind = SaveStep["step"];
export type SalutationRow = { salutation: string; gender: string };
export type StepValues = {
  step: StepKind;
  enabled: boolean;
  options: { countries?: string[]; map?: SalutationRow[]; rules?: CopyRule[] };
};
export type GeneralValues = {
  /** Null asks for the one the server is configured with. */
  timeZone: string | null;
  savePipeline: {
    steps: StepValues[];
    requiredFields: string[][];
    duplicateCheck: { enabled: boolean; combinations: string[][] };
  };
  /** One per line. */
  blockedAddresses: string;
  mail: MailSettings;
};

const stepKinds: StepKind[] = [
  "clean_email",
  "normalize_zip",
  "salutation_to_gender",
  "remove_blocked_email",
  "copy_fields",
  "mark_email_validity",
];

export function valuesOf({ timeZone, savePipeline, blockedAddresses, mail }: Settings): GeneralValues {
  return {
    timeZone,
    savePipeline: {
      ...savePipeline,
      steps: savePipeline.steps.map((entry) => ({ ...entry, options: optionsOf(entry) })),
    },
    blockedAddresses: blockedAddresses.join("\n"),
    mail: { ...mail, quietHours: mail.quietHours && toTheMinute(mail.quietHours) },
  };
}

function optionsOf(entry: SaveStep): StepValues["options"] {
  if (entry.step !== "salutation_to_gender") return { ...entry.options };
  return { map: Object.entries(entry.options.map).map(([salutation, gender]) => ({ salutation, gender })) };
}

export function bodyOf({ timeZone, savePipeline, blockedAddresses, mail }: GeneralValues): object {
  const steps = savePipeline.steps.map(({ options, ...entry }) => {
    const { map, ...rest } = options;
    return { ...entry, options: map ? { map: mapOf(map) } : rest };
  });
  return { timeZone, savePipeline: { ...savePipeline, steps }, blockedAddresses: linesOf(blockedAddresses), mail };
}

/** The inputs of the form know hours and minutes; "21:00:00" would be another time to them. */
function toTheMinute({ from, to }: { from: string; to: string }): { from: string; to: string } {
  return { from: from.slice(0, 5), to: to.slice(0, 5) };
}

/** Rows nobody has filled in are left out. */
function mapOf(rows: SalutationRow[]): Record<string, string> {
  const filled = rows.map(({ salutation, gender }) => [salutation.trim(), gender.trim()]);
  return Object.fromEntries(filled.filter(([salutation]) => salutation !== ""));
}

function linesOf(text: string): string[] {
  const lines = text.split(/[\n,;]/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

/** Salutations that stand in more than one row; only the last of them would be kept. */
export function repeatedSalutations(rows: SalutationRow[]): Set<string> {
  const all = rows.map(({ salutation }) => salutation.trim()).filter((salutation) => salutation !== "");
  return new Set(all.filter((salutation, place) => all.indexOf(salutation) !== place));
}

/** Steps the pipeline does not have; they can be added at its end. */
export function missingSteps(steps: StepValues[]): StepKind[] {
  return stepKinds.filter((kind) => !steps.some(({ step }) => step === kind));
}

export function newStep(step: StepKind): StepValues {
  const options: Partial<Record<StepKind, StepValues["options"]>> = {
    normalize_zip: { countries: zipCountries },
    salutation_to_gender: { map: [] },
    copy_fields: { rules: [] },
  };
  return { step, enabled: true, options: options[step] ?? {} };
}

/** The first problem at this place or anywhere inside of it. */
export function problemWithin(problems: ReadonlyMap<string, string>, pointer: string): string | undefined {
  return problems.get(pointer) ?? [...problems].find(([path]) => path.startsWith(`${pointer}/`))?.[1];
}
