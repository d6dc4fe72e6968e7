// Makes names of programs readable where nobody has given them a better one.

/** `segment_rebuild`, `segment.rebuild` and `segmentRebuild` read as "Segment rebuild". */
export function readable(name: string): string {
  const apart = name.replaceAll(/([a-z\d])([A-Z])(?=[a-z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
  const words = apart.replaceAll(/[._-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
