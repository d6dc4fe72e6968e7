// German words of errors.
import type { Words } from "../en";

export const errors: Words["errors"] = {
  title: "Das hat nicht geklappt",
  unknown: "Etwas Unerwartetes ist passiert.",
  unreachable: "Der Server ist nicht erreichbar. Bitte Verbindung prüfen und noch einmal versuchen.",
  forbidden: "Dafür fehlt die Berechtigung. Ein Administrator kann sie erteilen.",
  secondFactorMissing: "Zuerst unter Mein Konto einen zweiten Faktor einrichten.",
  signInAgain: "Bitte ab- und wieder anmelden; danach bleiben zehn Minuten dafür.",
  notFound: "Das gibt es nicht oder nicht mehr.",
  lostRace: "Jemand anderes hat das inzwischen geändert.",
  invalid: "{count, number} Werte können so nicht angenommen werden.",
  tooMany: "Zu viele Versuche. In {seconds, plural, one {# Sekunde} other {# Sekunden}} wieder möglich.",
  unavailable: "Der Server ist ausgelastet oder seine Datenbank nicht erreichbar. Bitte gleich noch einmal versuchen.",
  broken:
    "Der Server hat einen Fehler gemacht. Noch einmal versuchen; bleibt es dabei, sagen Sie es dem, der Regulars betreibt: Anfrage {id}.",
  retry: "Noch einmal versuchen",
  noPage: "Seite nicht gefunden",
  noPageHint: "Die Adresse ist vielleicht vertippt, oder das Ziel wurde gelöscht.",
  toDashboard: "Zum Dashboard",
  problems: {
    wrong_password: "Das ist nicht das bisherige Passwort.",
    wrong_code: "Das ist nicht der aktuelle Code, oder er wurde schon verwendet.",
    unknown_field: "Ein Feld wählen, das es gibt und das hier stehen kann.",
  },
};
