/** ISO 8601 in UTC without fractions of a second, as in mintfax's samples. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
