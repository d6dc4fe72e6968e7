//! What made-up people are called and where they live: common names first, made-up ones behind them.

/// Language of a country's names, and how its zips look: `#` is a digit, `@` a letter.
pub struct Country {
    pub code: &'static str,
    pub german: bool,
    pub zip: &'static str,
    pub dial: &'static str,
    pub weight: u64,
}

pub const COUNTRIES: [Country; 4] = [
    Country { code: "DE", german: true, zip: "#####", dial: "+49", weight: 50 },
    Country { code: "AT", german: true, zip: "####", dial: "+43", weight: 25 },
    Country { code: "CH", german: true, zip: "####", dial: "+41", weight: 10 },
    Country { code: "GB", german: false, zip: "@@# #@@", dial: "+44", weight: 15 },
];

pub const WOMEN: &str = "Anna Maria Sabine Claudia Julia Petra Andrea Susanne Katharina Christine Monika Elisabeth Sarah Laura Lisa \
    Stefanie Nicole Birgit Martina Barbara Ursula Eva Lena Johanna Michaela Karin Sandra Melanie Sophie Gabriele Renate Silvia Angelika \
    Manuela Brigitte Daniela Ingrid Helga Christina Marie Heike Anja Tanja Ulrike Cornelia Theresa Hannah Emma Franziska Margarete Doris \
    Simone Kerstin Vanessa Jana Nadine Verena Bettina Carina Magdalena Helene Gertrude Erika Waltraud Annemarie Rosemarie Heidi Astrid";

pub const MEN: &str = "Thomas Michael Andreas Peter Stefan Christian Markus Martin Daniel Alexander Wolfgang Johannes Josef Franz Florian \
    Lukas Manfred Bernhard Klaus Robert Georg Gerhard Karl Sebastian Matthias Patrick Helmut Werner Walter Tobias David Herbert Jan \
    Hans Juergen Philipp Christoph Rainer Dominik Anton Maximilian Felix Paul Friedrich Johann Simon Fabian Kevin Dieter Uwe Bernd Guenther \
    Benjamin Oliver Frank Jonas Heinz Rudolf Alfred Harald Ernst Ralf Kurt Joerg Erwin Leopold Gregor Konrad Clemens Reinhard Otto";

pub const ENGLISH_WOMEN: &str = "Mary Patricia Jennifer Linda Elizabeth Susan Jessica Karen Margaret Sarah Nancy Emily Charlotte Emma \
    Olivia Sophie Grace Chloe Lucy Hannah Rebecca Catherine Katherine Helen Alice Victoria Julie Amanda Deborah Dorothy Rachel Carolyn \
    Janet Christine Samantha Amy Angela Ruth Fiona Abigail Zoe Eleanor Heather Diane Alison Gillian Lorraine Bethany Georgina";

pub const ENGLISH_MEN: &str = "James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony \
    Mark Andrew Paul Stephen George Edward Jack Harry Oliver Oscar Samuel Benjamin Alexander Henry Peter Simon Ian Graham Stuart Neil \
    Kevin Gary Nicholas Timothy Jonathan Philip Adam Luke Nathan Ryan Lewis Callum Duncan Hugh Rupert Gordon Frederick Ronald";

pub const GERMAN_FAMILIES: &str = "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Gruber Huber Bauer Pichler \
    Steiner Moser Mayer Hofer Leitner Berger Fuchs Eder Schmid Winkler Koch Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun \
    Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler Maier Herrmann König Walter Peters Kaiser Schulze Lang Jung Hahn Keller \
    Vogel Friedrich Günther Frank Roth Beck Lorenz Baumann Franke Albrecht Simon Ludwig Böhm Winter Kraus Schumacher Vogt Jäger Stein \
    Egger Reiter Brunner Auer Wimmer Binder Lechner Wallner Aigner Ebner Haas Pfeiffer Sommer Graf Seidel Brandt Busch Horn Engel Kuhn \
    Pohl Sauer Arnold Wolff Yilmaz Novak Horvat Nowak Kowalski Meier Bühler Frei Zürcher Ammann Gerber Wyss Kunz Suter Baumgartner";

pub const ENGLISH_FAMILIES: &str = "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White \
    Roberts Green Hall Wood Jackson Clarke Clark Harris Lewis Patel Cooper Ward Turner Hill Moore King Watson Baker Harrison Morgan \
    Young Allen Mitchell James Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Khan Singh Richardson Carter Collins \
    Marshall Murphy Kelly Hughes Edwards Simpson Foster Gray Mason Webb Rogers Hunt Mills Palmer Holmes O'Brien McDonald Campbell Stewart";

/// Halves of family names, places and streets that are put together.
pub const FRONTS: &str = "Stein Wald Berg Ober Unter Neu Alt Kirch Sonn Rosen Linden Eichen Buchen Birken Gold Silber Eisen Hoch Nieder \
    Groß Klein Lang Breit Schön Grün Weiß Schwarz Roten Blumen Apfel Nuss Wein Korn Mühl Sand Kies Moos Brunn Bach See Teich Fluss Insel \
    Damm Feld Wiesen Garten Hof Haus Turm Burg Schloss Kloster Markt Hammer Nagel Zeller Haber Dorn Falken Adler Hirsch Fuchs Bären Wolfs";

pub const FAMILY_ENDS: &str = "bauer mann hofer berger huber inger maier meister lechner egger reiter bacher moser thaler felder auer \
    wieser holzer kamp stein rath hold wein beck schmied müller ner hauser gruber burger brunner lacher lehner ensteiner gasser";

pub const PLACE_ENDS: &str = "dorf berg heim hausen kirchen stadt bach feld au wald burg brück furt stein hofen tal ried ach see zell";

pub const ENGLISH_FRONTS: &str = "Ash Brad Clay Den East Fair Glen Hart Ken Lang Mar Nor Oak Pem Rad Stan Thorn Up Wal West Black Can \
    Dun Elm Gran Hamp Kings Lough Mid New Old Pres Queens Rom Sal Tam Whit Chester Hazel Brook Stone Ald Bex Cam Dar Ever Farn Hather";

pub const ENGLISH_FAMILY_ENDS: &str = "ley ton son worth field wood man well ham ford bury stone by shaw croft more land gate combe ridge";

pub const ENGLISH_PLACE_ENDS: &str = "ton ham ford bury field port mouth chester pool ley wick stead minster bridge worth";

pub const STREET_ENDS: &str = "straße gasse weg platz allee ring";

pub const ENGLISH_STREET_ENDS: &str = "Street Road Avenue Lane Drive Close Way";

pub const STREETS: &str = "Haupt Bahnhof Schul Garten Dorf Kirchen Berg Wald Ring Wiesen Feld Linden Post Mühl Burg Rosen Blumen Sonnen";

pub const ENGLISH_STREETS: &str = "High Station Main Park Church London Victoria Green Manor Kings Queens New Mill The_Grove School";

/// Given names and what people are called for short.
pub const NICKNAMES: &str = "Johannes:Hans Johannes:Hannes Johann:Hans Josef:Sepp Franz:Franzl Alexander:Alex Maximilian:Max \
    Sebastian:Basti Matthias:Matze Christian:Chris Christoph:Chris Michael:Michi Andreas:Andi Thomas:Tom Stefan:Steff Daniel:Dani \
    Benjamin:Ben Philipp:Flip Florian:Flo Friedrich:Fritz Elisabeth:Lisa Elisabeth:Sissi Katharina:Kathi Susanne:Susi Stefanie:Steffi \
    Johanna:Hanna Magdalena:Lena Margarete:Grete Christine:Christl Gabriele:Gabi Barbara:Babsi Theresa:Resi Franziska:Franzi Ursula:Uschi \
    Angelika:Geli Michaela:Michi Manuela:Manu Alfred:Fredi Leopold:Poldi Rudolf:Rudi Robert:Bob William:Bill James:Jim Richard:Dick \
    Elizabeth:Liz Elizabeth:Beth Margaret:Peggy Catherine:Kate Katherine:Kathy Jennifer:Jenny Jessica:Jess Samantha:Sam Rebecca:Becky \
    Charles:Charlie Edward:Ted Thomas:Tom Michael:Mike Anthony:Tony Matthew:Matt Nicholas:Nick Timothy:Tim Stephen:Steve Joseph:Joe \
    Benjamin:Ben Samuel:Sam Christopher:Chris Andrew:Andy Victoria:Vicky Deborah:Debbie Patricia:Pat Susan:Sue Amanda:Mandy";

pub const DOMAINS: &str = "gmail.com gmx.at gmx.de web.de t-online.de outlook.com hotmail.com yahoo.com icloud.com a1.net aon.at \
    bluewin.ch btinternet.com mail.example firma.example";
