// What is typed for an attribute nothing is known of: figures and truths are taken for what they look like.

const FIGURE = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/;

export function unlabelled(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return FIGURE.test(text) ? Number(text) : text;
}
