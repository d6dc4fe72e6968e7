// German words of signing in, users, keys and the audit log.
import type { Words } from "../en";

export const admin: Words["admin"] = {
  signInTitle: "Anmelden",
  signIn: "Anmelden",
  signInWrong: "Mailadresse oder Passwort ist falsch.",
  email: "Mailadresse",
  password: "Passwort",
  name: "Name",
  passwordHint: "Mindestens {min} Zeichen",
  setUpTitle: "Regulars einrichten",
  setUpHint: "Hier entsteht der erste Administrator.",
  setUp: "Einrichten und anmelden",
  setUpNoToken: "Bitte den Link öffnen, den der Server beim ersten Start ausgegeben hat. Er enthält ein Einmalzeichen.",
};
