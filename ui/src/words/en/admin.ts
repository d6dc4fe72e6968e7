// English words of signing in, users, keys and the audit log.
export const admin = {
  signInTitle: "Sign in",
  signIn: "Sign in",
  signInWrong: "Mail address or password is wrong.",
  email: "Mail address",
  password: "Password",
  name: "Name",
  passwordHint: "At least {min} characters",
  setUpTitle: "Set up Regulars",
  setUpHint: "You become the first administrator.",
  setUp: "Set up and sign in",
  setUpNoToken: "Open the link that the server printed at its first start. It carries a one-time token.",
};
