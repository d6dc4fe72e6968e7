// The server says in English why a message is held, was suppressed or has failed. What it says in fixed words is taken apart here, so
// that it can be said in the reader's language; what mail servers answer stays as it is.

const fixed = {
  ambiguous: "ambiguous",
  "quiet hours": "quiet",
  "the cap is reached": "capped",
  "dropped by hand": "dropped",
  "the customer is not active": "inactive",
  "the customer has no mail address": "noAddress",
  "the mail address is marked as not working": "notWorking",
  "the address is blocked in the settings": "blocked",
  "the template was deleted": "noTemplate",
  "it was being sent when the program broke down": "brokeDown",
  "the address is suppressed: manual": "suppressedManual",
  "the address is suppressed: bounced": "suppressedBounced",
  "the address is suppressed: complained": "suppressedComplained",
  "the address is suppressed: unsubscribed": "suppressedUnsubscribed",
  "the address is suppressed: blocked": "suppressedBlocked",
} as const;

const named = [
  { before: "there is no consent to ", word: "noConsent" },
  { before: "the customer is not subscribed to ", word: "notSubscribed" },
] as const;

export type Reason =
  | { word: (typeof fixed)[keyof typeof fixed] }
  | { word: (typeof named)[number]["word"]; name: string }
  | { word: null; said: string };

export function reasonOf(problem: string): Reason {
  if (isFixed(problem)) return { word: fixed[problem] };
  const found = named.find(({ before }) => problem.startsWith(before));
  return found ? { word: found.word, name: problem.slice(found.before.length) } : { word: null, said: problem };
}

function isFixed(problem: string): problem is keyof typeof fixed {
  return Object.hasOwn(fixed, problem);
}
