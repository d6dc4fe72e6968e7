// German words of the shared widgets and of errors.
import type { Words } from "../en";

export const parts: Words["parts"] = {
  loadMore: "Mehr laden",
  save: "Speichern",
  cancel: "Abbrechen",
  discard: "Änderungen verwerfen",
  reload: "Fremde Fassung laden",
  overwrite: "Mit meiner überschreiben",
  stay: "Hier bleiben",
  leave: "Ohne Speichern verlassen",
  unsavedTitle: "Ungespeicherte Änderungen",
  unsavedText: "Es gibt Änderungen, die nicht gespeichert sind. Beim Verlassen der Seite gehen sie verloren.",
  lostRaceTitle: "Jemand anderes hat das geändert",
  lostRaceText:
    "Während der Bearbeitung hat jemand eine neuere Fassung gespeichert. Die fremde Fassung kann geladen werden (eigene Änderungen gehen verloren) oder mit der eigenen überschrieben werden.",
  delete: "Löschen",
  create: "Anlegen",
  edit: "Bearbeiten",
  close: "Schließen",
  yes: "Ja",
  no: "Nein",
  notSet: "Nicht gesetzt",
  all: "Alle",
  saved: "Gespeichert",
  created: "Angelegt",
  deleted: "Gelöscht",
  copy: "Kopieren",
  copied: "Kopiert",
  none: "Keine",
  actions: "Aktionen",
  count: "{count, plural, one {# Eintrag} other {# Einträge}}",
};

export const errors: Words["errors"] = {
  title: "Das hat nicht geklappt",
  unknown: "Etwas Unerwartetes ist passiert.",
  unreachable: "Der Server ist nicht erreichbar. Bitte Verbindung prüfen und noch einmal versuchen.",
  forbidden: "Dafür fehlt die Berechtigung. Ein Administrator kann sie erteilen.",
  notFound: "Das gibt es nicht oder nicht mehr.",
  lostRace: "Jemand anderes hat das inzwischen geändert.",
  tooMany: "Zu viele Versuche. In {seconds, plural, one {# Sekunde} other {# Sekunden}} wieder möglich.",
  unavailable: "Der Server ist ausgelastet oder seine Datenbank nicht erreichbar. Bitte gleich noch einmal versuchen.",
  retry: "Noch einmal versuchen",
  noPage: "Seite nicht gefunden",
  noPageHint: "Die Adresse ist vielleicht vertippt, oder das Ziel wurde gelöscht.",
  toDashboard: "Zum Dashboard",
};
