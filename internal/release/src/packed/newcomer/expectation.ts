/** What is another one each time: ids of events, and how long something took. */
const VOLATILE: readonly (readonly [pattern: RegExp, expected: string])[] = [
  [/evt_[A-Za-z0-9]+/g, "evt_[A-Za-z0-9]+"],
  // Its points have a backslash in front of them by then.
  [/[\d\\.]+ m?s\b/g, "[\\d.]+ m?s"],
  [/\d+ bytes/g, "\\d+ bytes"],
];

/** Matches what a page shows as output, in every run. */
export function outputLike(shown: string): RegExp {
  const escaped = shown.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(VOLATILE.reduce((text, [pattern, expected]) => text.replace(pattern, expected), escaped));
}
