// Countries in the reader's language and time zones, from what the browser knows.

const codes = (
  "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF " +
  "CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF " +
  "GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP " +
  "KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA " +
  "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI " +
  "SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN " +
  "VU WF WS YE YT ZA ZM ZW"
).split(" ");

/** Made once for each language: it takes the browser longer than all the names together. */
const regions = new Map<string, Intl.DisplayNames>();

export function countryName(code: string | null, locale: string): string | null {
  if (!code || !/^[A-Za-z]{2}$/.test(code)) return code;
  const names = regions.get(locale) ?? new Intl.DisplayNames([locale], { type: "region" });
  regions.set(locale, names);
  return names.of(code.toUpperCase()) ?? code;
}

/** All countries by name; a code that is none stays choosable, so that it is not lost on saving. */
export function countryNames(locale: string, present: string | null) {
  const all = present && !codes.includes(present) ? [present, ...codes] : codes;
  const { compare } = new Intl.Collator(locale);
  return all
    .map((code) => ({ value: code, label: `${countryName(code, locale) ?? code} (${code})` }))
    .sort((one, other) => compare(one.label, other.label));
}

let zones: string[] | undefined;

export function timeZones(present: string | null): string[] {
  // Browsers leave out UTC, which is a fine zone for a server.
  zones ??= [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])];
  return present && !zones.includes(present) ? [present, ...zones] : zones;
}
