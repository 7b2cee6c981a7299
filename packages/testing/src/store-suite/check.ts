/**
 * Throws unless both values are equal.
 *
 * @param what the subject of a sentence: "a claim of a finished id"
 */
export function check(what: string, actual: unknown, expected: unknown): void {
  const [is, should] = [show(actual), show(expected)];
  if (is !== should) throw new Error(`${what}: got ${is}, expected ${should}`);
}

/** Throws unless the call throws or rejects. */
export async function checkFails(what: string, call: () => unknown): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch {
    return;
  }
  throw new Error(`${what}: got ${show(answer)}, expected an error`);
}

/** With sorted keys, so that the order of members in a store's answer does not matter. */
function show(value: unknown): string {
  const ordered = (_: string, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(value, ordered) ?? String(value);
}
