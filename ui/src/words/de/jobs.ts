// German words of background jobs.
import type { Words } from "../en";

export const jobs: Words["jobs"] = {
  running: "{count, plural, one {# Auftrag läuft} other {# Aufträge laufen}}",
  all: "Alle Aufträge",
  progress: "Fortschritt",
  kinds: {
    segment_rebuild: "Segment neu berechnen",
    send_mail: "Mail senden",
    import: "Import",
    rule_action: "Aktion einer Regel",
    segment_flip: "Fällige Segmentwechsel",
  },
};
