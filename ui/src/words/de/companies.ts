// German words of companies.
import type { Words } from "../en";

export const companies: Words["companies"] = {
  title: "Firmen",
  hint: "Wozu mehrere Kunden gehören können",
  found: "{count, plural, one {# Firma} other {# Firmen}}",
  new: "Neue Firma",
  search: "Name oder USt-Nummer",
  none: "Noch keine Firmen",
  noneHint: "Eine anlegen und dann bei den Merkmalen ihrer Kunden auswählen.",
  nothingFits: "Keine Firma passt",
  noCompany: "Keine Firma",
  name: "Name",
  vatId: "USt-Nummer",
  members: "Ihre Kunden",
  changed: "Geändert",
  since: "bekannt seit",
  createVerb: "Firma anlegen",
  created: "{name} wurde angelegt.",
  deleteTitle: "{name} löschen?",
  deleteText: "Nur eine Firma, zu der kein Kunde gehört, lässt sich löschen.",
  deleteVerb: "Firma löschen",
  deleted: "{name} wurde gelöscht.",
};
