// Makes names of programs readable where nobody has given them a better one.

/** `segment_rebuild` and `segments.rebuild` read as "Segment rebuild". */
export function readable(name: string): string {
  const words = name.replaceAll(/[._-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
