// Which browser a session belongs to, in words: what browsers call themselves names their ancestors too, so the order counts.

const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\/|Chromium\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPad/, "iPad"],
  [/iPhone|iPod/, "iPhone"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/Linux|X11/, "Linux"],
];

export type BrowserName = { browser: string | null; system: string | null };

export function browserName(userAgent: string): BrowserName {
  const nameIn = (known: [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent))?.[1] ?? null;
  const program = /^([A-Za-z][\w.-]*)\/[\d.]+/.exec(userAgent)?.[1];
  // Programs that are no browsers say who they are at the beginning.
  const other = program === undefined || program === "Mozilla" ? null : program;
  return { browser: nameIn(browsers) ?? other, system: nameIn(systems) };
}
