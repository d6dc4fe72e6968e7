// English words of errors.
export const errors = {
  title: "That did not work",
  unknown: "Something unexpected happened.",
  unreachable: "The server cannot be reached. Check your connection and try again.",
  forbidden: "You may not do this. Ask an administrator for the permission.",
  secondFactorMissing: "Set up a second factor first, under My account.",
  signInAgain: "Sign out and in again; then you have ten minutes for this.",
  notFound: "This does not exist, or no longer does.",
  lostRace: "Someone else changed this in the meantime.",
  invalid: "{count, number} values cannot be accepted.",
  tooMany: "Too many attempts. Try again in {seconds, plural, one {# second} other {# seconds}}.",
  unavailable: "The server is busy or its database is away. Try again in a moment.",
  broken: "The server made a mistake. Try again; if it stays so, tell whoever runs Regulars: request {id}.",
  retry: "Try again",
  noPage: "Page not found",
  noPageHint: "The address may be mistyped, or what it led to was deleted.",
  toDashboard: "To the dashboard",
  problems: {
    wrong_password: "This is not your password.",
    wrong_code: "This is not the present code, or it was used already.",
    unknown_field: "Choose a field that exists and can stand here.",
  },
};
