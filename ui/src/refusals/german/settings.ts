// What the server says of users, fields, settings, views, exports, imports and of requests themselves, in German.
export const settings: Record<string, string> = {
  "a name has 1 to {} characters": "Ein Name hat 1 bis {0} Zeichen.",
  "this time has passed": "Dieser Zeitpunkt ist vorbei.",
  "a password has {} to {} characters": "Ein Passwort hat {0} bis {1} Zeichen.",
  "{:?} is no permission": "{0} ist keine Berechtigung.",
  "the key of a role begins with a small letter, and has up to 40 small letters, digits, - and _":
    "Der Schlüssel einer Rolle beginnt mit einem kleinen Buchstaben und hat bis zu 40 kleine Buchstaben, Ziffern, - und _.",
  "there is no role {:?}": "Es gibt keine Rolle {0}.",
  "there are at most {} roles of one's own": "Es gibt höchstens {0} eigene Rollen.",
  "there is a role with the key {:?} already": "Es gibt schon eine Rolle mit dem Schlüssel {0}.",
  "there is a role called {:?} already": "Es gibt schon eine Rolle mit dem Namen {0}.",
  "the configuration names this role under [oidc] as one that the provider gives; change that first":
    "Die Konfiguration nennt diese Rolle unter [oidc] als eine, die der Anbieter vergibt; das bitte zuerst ändern.",
  "this is the role that is to go": "Das ist die Rolle, die gelöscht werden soll.",
  "users have this role ({}); name the one they get instead of it as `replacement`":
    "Benutzer haben diese Rolle ({0}); bitte die Rolle wählen, die sie stattdessen bekommen.",
  "this role is built in and stays as it is; make one of your own from it":
    "Diese Rolle ist eingebaut und bleibt, wie sie ist; daraus kann eine eigene gemacht werden.",
  "sign out and in again, then you have ten minutes for this":
    "Bitte ab- und wieder anmelden; danach bleiben zehn Minuten dafür.",
  "give your password": "Bitte das Passwort angeben.",
  "this is not your current password": "Das ist nicht das bisherige Passwort.",
  "this is not the present code, or it was used already":
    "Das ist nicht der aktuelle Code, oder er wurde schon verwendet.",
  "a key needs at least one scope": "Ein Schlüssel braucht mindestens eine Berechtigung.",
  "passwords are switched off here; sign in with the provider":
    "Passwörter sind hier ausgeschaltet; bitte über den Anbieter anmelden.",
  "without a provider he needs a password": "Ohne Anbieter für die Anmeldung braucht der Benutzer ein Passwort.",
  "a second factor is set up already; switch it off first":
    "Ein zweiter Faktor ist schon eingerichtet; ihn zuerst ausschalten.",
  "there is no second factor to be confirmed": "Es gibt keinen zweiten Faktor, der zu bestätigen wäre.",
  "you must have a second factor here": "Hier muss man einen zweiten Faktor haben.",
  "this link has been used, has expired or was replaced; start Regulars again for a new one":
    "Dieser Link wurde verwendet, ist abgelaufen oder wurde ersetzt; ein neuer entsteht, wenn Regulars neu gestartet wird.",
  "this is the last active administrator; make someone else one first":
    "Das ist der letzte aktive Administrator; zuerst jemand anderen dazu machen.",
  "another user has this mail address": "Ein anderer Benutzer hat diese E-Mail-Adresse.",
  'this is "admin_user:" or "api_key:" with an id, "operator", "anonymous", or "system"':
    "Das ist „admin_user:“ oder „api_key:“ mit einer Id, „operator“, „anonymous“ oder „system“.",
  'this is after "from"': "Das liegt nach dem Beginn.",
  'an id is one of a kind of things: "entityType" is missing':
    "Eine Id gilt für eine Art von Dingen: „entityType“ fehlt.",
  "days is 1 to {}": "Es sind 1 bis {0} Tage.",
  "from the first to the last day it is 1 to {} days": "Vom ersten bis zum letzten Tag sind es 1 bis {0} Tage.",
  "from comes with to": "Zu einem Beginn gehört ein Ende.",
  "to comes with from": "Zu einem Ende gehört ein Beginn.",
  "another job is at the same already": "Ein anderer Auftrag arbeitet schon daran.",
  "only a job that is dead or cancelled can be retried":
    "Nur ein gescheiterter oder abgebrochener Auftrag kann wiederholt werden.",
  "this job has ended already": "Dieser Auftrag ist schon zu Ende.",
  "this file is not kept any more; export again":
    "Diese Datei ist nicht mehr aufbewahrt; bitte noch einmal exportieren.",
  "the rest of this file is not kept any more": "Der Rest dieser Datei ist nicht mehr aufbewahrt.",
  "you have {} exports under way; wait for one of them, or delete it":
    "Es laufen schon {0} eigene Exporte; auf einen davon warten oder ihn löschen.",
  "there is no file: this export is not done": "Es gibt noch keine Datei: Dieser Export ist nicht fertig.",
  "a file has 1 to {} columns": "Eine Datei hat 1 bis {0} Spalten.",
  "{} is a column already": "{0} ist schon eine Spalte.",
  "only CSV has a delimiter": "Nur CSV hat ein Trennzeichen.",
  "only CSV has a byte order mark": "Nur CSV hat eine Byte-Reihenfolge-Marke.",
  "a delimiter is one of , ; | : and tab": "Ein Trennzeichen ist eines von , ; | : und Tabulator.",
  "a sheet holds {} customers and these are {}; choose fewer, or CSV":
    "Ein Tabellenblatt fasst {0} Kunden, und das sind {1}; weniger wählen, oder CSV.",
  "the file would have more than {} bytes; choose fewer customers or columns":
    "Die Datei hätte mehr als {0} Bytes; weniger Kunden oder Spalten wählen.",
  "name the kind of the external id, such as external:shop": "Die Art der externen Id nennen, etwa external:shop.",
  "there is no group of segments {:?}": "Es gibt keine Segmentgruppe {0}.",
  "the request failed": "Die Anfrage ist gescheitert.",
  "a body may have at most {} bytes": "Eine Anfrage darf höchstens {0} Bytes haben.",
  "the body ended early": "Die Anfrage endete zu früh.",
  "the body is not JSON: {}": "Die Anfrage ist kein JSON: {0}",
  "the body goes on after its JSON: {}": "Nach dem JSON der Anfrage geht es weiter: {0}",
  "send the body as application/json": "Die Anfrage als application/json senden.",
  "this Idempotency-Key was used for another request": "Dieser Idempotency-Key gehört schon zu einer anderen Anfrage.",
  "this request was carried out, but its answer was not kept":
    "Diese Anfrage wurde ausgeführt, aber ihre Antwort nicht aufbewahrt.",
  "the first request with this Idempotency-Key is still under way":
    "Die erste Anfrage mit diesem Idempotency-Key läuft noch.",
  "Idempotency-Key has 1 to {} visible characters": "Idempotency-Key hat 1 bis {0} sichtbare Zeichen.",
  "this took too long and was stopped; look whether it was done before you try again":
    "Das hat zu lange gedauert und wurde abgebrochen; vor einem neuen Versuch bitte nachsehen, ob es geschehen ist.",
  "this method does not exist here": "Das gibt es hier nicht.",
  "sign in, or send a valid API key": "Bitte anmelden.",
  "it was changed since you read it; read it again": "Es wurde inzwischen geändert; bitte neu laden.",
  "there can be at most {} custom fields": "Es kann höchstens {0} eigene Felder geben.",
  "a field of this name was deleted and its values are still being removed":
    "Ein Feld dieses Namens wurde gelöscht, und seine Werte werden noch entfernt.",
  "a field of this name was deleted and not all of its values were removed: retry job {} first":
    "Ein Feld dieses Namens wurde gelöscht, und nicht alle seine Werte wurden entfernt: zuerst Auftrag {0} wiederholen.",
  "there is a field {} already": "Es gibt schon ein Feld {0}.",
  "the {} of a field never changes": "Das ändert sich bei einem Feld nie: {0}.",
  "the setting {} names this field": "Die Einstellung {0} nennt dieses Feld.",
  "this field is used by {}": "Dieses Feld wird verwendet: {=0}.",
  "some customers have more than {} characters in this field; an indexed text cannot":
    "Manche Kunden haben in diesem Feld mehr als {0} Zeichen; ein Text mit Index kann das nicht.",
  "a name begins with a letter and has letters, digits and _, {} at most":
    "Ein Name beginnt mit einem Buchstaben und hat Buchstaben, Ziffern und _, höchstens {0}.",
  "{} is a built-in field": "{0} ist ein eingebautes Feld.",
  "a label has 1 to {} characters": "Eine Beschriftung hat 1 bis {0} Zeichen.",
  "a field of kind {} cannot be indexed": "Ein Feld der Art {=0} kann keinen Index haben.",
  "a choice needs options": "Eine Auswahl braucht Optionen.",
  "only select and multiselect have options": "Nur eine Auswahl hat Optionen.",
  "there can be at most {} options": "Es kann höchstens {0} Optionen geben.",
  "value and label of an option have 1 to {} characters": "Wert und Beschriftung einer Option haben 1 bis {0} Zeichen.",
  "this option is there already": "Diese Option gibt es schon.",
  "a threshold lies between 0 and 1": "Ein Schwellwert liegt zwischen 0 und 1.",
  "merging without asking begins between the threshold and 1":
    "Das Zusammenführen ohne Rückfrage beginnt zwischen dem Schwellwert und 1.",
  "at most {} custom fields are compared": "Höchstens {0} eigene Felder werden verglichen.",
  "{:?} is not a custom field of text, select or date, or stands here twice":
    "{0} ist kein eigenes Feld für Text, Auswahl oder Datum, oder es steht hier zweimal.",
  "there can be at most {} rules": "Es kann höchstens {0} Regeln geben.",
  "{:?} is not a field that can be compared": "{0} ist kein Feld, das verglichen werden kann.",
  "at most {} sources": "Höchstens {0} Quellen.",
  "this is the name of another system": "Das ist der Name eines anderen Systems.",
  "at most {} limits": "Höchstens {0} Grenzen.",
  "this is 1 to {}": "Das ist 1 bis {0}.",
  "at most {} values": "Höchstens {0} Werte.",
  "this has 1 to {} characters": "Das hat 1 bis {0} Zeichen.",
  "quiet hours end at another time than they begin": "Die Ruhezeit endet zu einer anderen Zeit, als sie beginnt.",
  "settings are an object": "Einstellungen sind ein Objekt.",
  "at most {} addresses can be blocked": "Höchstens {0} Adressen können gesperrt werden.",
  "there can be at most {} steps": "Es kann höchstens {0} Schritte geben.",
  "the postal codes of {:?} are not known; {} are":
    "Die Postleitzahlen von {0} sind nicht bekannt; bekannt sind die von {1}.",
  "there can be at most {} salutations": "Es kann höchstens {0} Anreden geben.",
  "there can be at most {} combinations": "Es kann höchstens {0} Kombinationen geben.",
  "a combination has 1 to {} fields": "Eine Kombination hat 1 bis {0} Felder.",
  "{:?} is not a field that can stand here": "{0} ist kein Feld, das hier stehen kann.",
  "one owner has at most {} saved views": "Ein Besitzer hat höchstens {0} gespeicherte Ansichten.",
  "a menu has room for {} views": "In einem Menü ist Platz für {0} Ansichten.",
  "there is no user {}": "Es gibt keinen Benutzer {0}.",
  "there is a view called {:?} already": "Es gibt schon eine Ansicht mit dem Namen {0}.",
  "share a view with {} users and roles at most": "Eine Ansicht mit höchstens {0} Benutzern und Rollen teilen.",
  "name a user or a role": "Einen Benutzer oder eine Rolle nennen.",
  "the view is shared so already": "So ist die Ansicht schon geteilt.",
  "show {} columns at most": "Höchstens {0} Spalten anzeigen.",
  "there is no column `{}`": "Es gibt keine Spalte `{0}`.",
  "this column is shown already": "Diese Spalte wird schon angezeigt.",
  "a column is {} to {} pixels wide": "Eine Spalte ist {0} bis {1} Pixel breit.",
};
