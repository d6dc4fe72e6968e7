// What the server says of imports and the rows of their files, in German.
export const transfer: Record<string, string> = {
  "this import has not ended; wait for it, or stop it first":
    "Dieser Import ist nicht zu Ende; warten oder ihn zuerst abbrechen.",
  "nothing was done by this import, or what it did is not kept any more":
    "Dieser Import hat nichts getan, oder was er tat, ist nicht mehr aufbewahrt.",
  "this import was undone already, or is being undone; to have it back, import the file again":
    "Dieser Import wurde schon rückgängig gemacht oder wird es gerade; um ihn wiederzuhaben, die Datei noch einmal importieren.",
  "this customer became a part of another one; undo the merge first":
    "Dieser Kunde wurde Teil eines anderen; zuerst die Zusammenführung rückgängig machen.",
  "another customer became a part of this one; undo the merge first":
    "Ein anderer Kunde wurde Teil von diesem; zuerst die Zusammenführung rückgängig machen.",
  "it is not kept any more what this was before": "Was vorher war, ist nicht mehr aufbewahrt.",
  "an import of the same file is being undone; wait for it, or stop it first":
    "Ein Import derselben Datei wird gerade rückgängig gemacht; das abwarten oder erst anhalten.",
  "the customer was edited since": "Der Kunde wurde seither bearbeitet.",
  "the customer has activities that this import did not bring":
    "Der Kunde hat Aktivitäten, die dieser Import nicht gebracht hat.",
  "mail was sent to the customer": "Der Kunde hat Mail bekommen.",
  "there are notes about the customer": "Zu diesem Kunden gibt es Notizen.",
  "the customer was put into a segment by hand or by a list":
    "Der Kunde wurde von Hand oder durch eine Liste in ein Segment aufgenommen.",
  "the customer has given or refused consent": "Der Kunde hat Einwilligungen erteilt oder verweigert.",
  "the customer is on the records of a newsletter list": "Der Kunde ist bei einer Newsletter-Liste vermerkt.",
  "a customer is an object": "Ein Kunde ist ein Objekt.",
  "must be text": "Das muss Text sein.",
  "say when it occurred": "Angeben, wann es geschah.",
  "rows that are members belong to a segment, and no others do":
    "Zeilen mit Mitgliedern gehören zu einem Segment, und nur diese.",
  "say whose activities these are: map a column to customer.id, customer.email or customer.external:KIND":
    "Angeben, wessen Aktivitäten das sind: eine Spalte customer.id, customer.email oder customer.external:ART zuordnen.",
  "name the type of the activities: map a column to type, or give one type for all":
    "Die Art der Aktivitäten nennen: eine Spalte type zuordnen oder eine Art für alle angeben.",
  "say who the members are: map a column to id, email or external:KIND":
    "Angeben, wer die Mitglieder sind: eine Spalte id, email oder external:ART zuordnen.",
  "say when the activities occurred: map a column to occurredAt":
    "Angeben, wann die Aktivitäten geschahen: eine Spalte occurredAt zuordnen.",
  "ids by row are for activities; map a column to external:KIND or email":
    "Ids je Zeile sind für Aktivitäten; eine Spalte external:ART oder email zuordnen.",
  "ids by row are for activities": "Ids je Zeile sind für Aktivitäten.",
  "no column is mapped to a field": "Keine Spalte ist einem Feld zugeordnet.",
  "the row has {} fields, the header {}": "Die Zeile hat {0} Felder, die Kopfzeile {1}.",
  "column {}: {}": "Spalte {0}: {=1}",
  "{:?} is not a number": "{0} ist keine Zahl.",
  "{:?} is neither true nor false": "{0} ist weder true noch false.",
  "{:?} is not a JSON list of texts": "{0} ist keine JSON-Liste von Texten.",
  "not JSON: {}": "Das ist kein JSON: {0}",
  "{:?} is not a {} of the form {}": "{0} hat nicht die Form {2} ({=1}).",
  "{:?} is not an ISO 8601 {}": "{0} entspricht nicht ISO 8601 ({=1}).",
  "the file has {} columns; {} are read at most": "Die Datei hat {0} Spalten; höchstens {1} werden gelesen.",
  "the file has two columns {:?}": "Die Datei hat zwei Spalten {0}.",
  "the file has no column {:?} (for {}); it has {}": "Die Datei hat keine Spalte {0} (für {1}); sie hat {2}.",
  "{} is the target of two columns; the other is {}": "{0} ist das Ziel von zwei Spalten; die andere ist {1}.",
  "column {:?} is mapped twice": "Die Spalte {0} ist zweimal zugeordnet.",
  "{:?} is not a time zone": "{0} ist keine Zeitzone.",
  '{:?} is neither one character nor "tab"': "{0} ist weder ein einzelnes Zeichen noch „tab“.",
  "there is no custom field {:?}; define it first": "Es gibt kein eigenes Feld {0}; es zuerst anlegen.",
  "customers have no field {:?}; there are {}, fields.NAME and external:KIND":
    "Kunden haben kein Feld {0}; es gibt {1}, fields.NAME und external:ART.",
  "activities have no field {:?}; there are {}, customer.external:KIND and attributes.NAME":
    "Aktivitäten haben kein Feld {0}; es gibt {1}, customer.external:ART und attributes.NAME.",
  "members have no field {:?}; there are {} and external:KIND":
    "Mitglieder haben kein Feld {0}; es gibt {1} und external:ART.",
  "the row names no customer": "Die Zeile nennt keinen Kunden.",
  'must be "increase" or a number from 0 to {}': "Das muss „increase“ oder eine Zahl von 0 bis {0} sein.",
  "the header cannot be read: {}": "Die Kopfzeile kann nicht gelesen werden: {=0}",
  "the row that begins on line {} {}": "Die Zeile, die in Zeile {0} der Datei beginnt, {=1}.",
  "field {} {}": "Feld {0} {=1}",
  "is longer than 1 MiB": "ist länger als 1 MiB",
  "is longer than 1 MiB, or a quote in it is never closed":
    "ist länger als 1 MiB, oder ein Anführungszeichen darin ist nicht geschlossen",
  "has a quote that is never closed": "hat ein Anführungszeichen, das nicht geschlossen ist",
  "has a quote inside of a field that does not begin with one":
    "hat ein Anführungszeichen in einem Feld, das nicht mit einem beginnt",
  "goes on after a closing quote": "geht nach einem schließenden Anführungszeichen weiter",
  "contains the NUL character; if the file is UTF-16, say so with the option `encoding`":
    "enthält das NUL-Zeichen; ist die Datei UTF-16, das bei der Zeichenkodierung angeben",
  "has bytes that are no text in the encoding of the file; name it with the option `encoding`, such as windows-1252":
    "hat Bytes, die in der Zeichenkodierung der Datei kein Text sind; die richtige angeben, etwa windows-1252",
  "the line has bytes that are no text in the encoding of the file":
    "Die Zeile hat Bytes, die in der Zeichenkodierung der Datei kein Text sind.",
  "the line is not a JSON object": "Die Zeile ist kein JSON-Objekt.",
  "the line is not accepted": "Die Zeile wird nicht angenommen.",
  "the uploaded file is not kept any more; send it again":
    "Die hochgeladene Datei ist nicht mehr aufbewahrt; bitte noch einmal senden.",
  "{:?} is no known encoding": "{0} ist keine bekannte Zeichenkodierung.",
  "the file has no rows": "Die Datei hat keine Zeilen.",
  "more than {} rows were rejected; does the mapping fit the file?":
    "Mehr als {0} Zeilen wurden abgelehnt; passt die Zuordnung zur Datei?",
  "somebody else goes on with this import, or it has ended":
    "Jemand anderes macht mit diesem Import weiter, oder er ist zu Ende.",
  "no row names a customer; the members stay as they are":
    "Keine Zeile nennt einen Kunden; die Mitglieder bleiben, wie sie sind.",
  "the form has no part {:?}": "Dem Formular fehlt der Teil {0}.",
  "the form cannot be read: {}": "Das Formular kann nicht gelesen werden: {0}",
  '{:?} is none of "customers", "activities" and "members"':
    "{0} ist keines von „customers“, „activities“ und „members“.",
  "send one file at a time": "Eine Datei auf einmal senden.",
  "a form has the parts kind, options and file": "Ein Formular hat die Teile kind, options und file.",
  "a file may have at most {} bytes": "Eine Datei darf höchstens {0} Bytes haben.",
  "a part beside the file may have at most {} bytes": "Ein Teil neben der Datei darf höchstens {0} Bytes haben.",
  "send the file as multipart/form-data": "Die Datei als multipart/form-data senden.",
};
