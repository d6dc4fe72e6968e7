// German words of subscriptions to newsletter lists.
import type { Words } from "../en";

export const subscriptions: Words["subscriptions"] = {
  title: "Newsletter",
  none: "Bisher auf keiner Liste.",
  add: "Liste hinzufügen",
  addVerb: "Hinzufügen",
  list: "Liste",
  listHint: "In Buchstaben, Ziffern, _, - und ., etwa monthly",
  status: "Status",
  statusOf: "Status auf Liste {list}",
  statuses: {
    subscribed: "angemeldet",
    pending: "unbestätigt",
    unsubscribed: "abgemeldet",
    cleaned: "unerreichbar",
  },
  changed: "Der Status auf {list} wurde geändert.",
  forgetOf: "Aus den Daten von {list} nehmen",
  forgetTitle: "Aus den Daten von {list} nehmen?",
  forgetText:
    "Als wäre der Kunde nie auf dieser Liste gewesen. Soll die Abmeldung bekannt bleiben, stattdessen „abgemeldet“ wählen.",
  forgotten: "{list} wurde aus den Daten genommen.",
};
