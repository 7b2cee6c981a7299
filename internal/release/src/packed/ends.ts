import { minVersion, Range } from "semver";

/**
 * The ends of a range of versions, each as npm takes it. `^4.18.0 || ^5.0.0` has four: 4.18.0, the highest 4, 5.0.0 and
 * the highest 5. An end that is open is as high as npm finds.
 */
export function ends(range: string): string[] {
  const parts = new Range(range).raw.split("||").map((part) => part.trim());
  return parts.flatMap((part) => [minVersion(part)?.version ?? part, part]);
}
