import type { Finding } from "./finding.ts";

/** A request that was captured between mintfax and the code that refused it. */
export interface CapturedRequest {
  /** Left out where the capture does not have it. */
  readonly method?: string;
  readonly url?: string;
  /** In the order of arrival, with duplicates. Case does not matter. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes that were verified, or were to be verified. */
  readonly body: Uint8Array;
  /** Which parts the capture may lack although they arrived, and why, in a sentence each. Left out: it holds all of them. */
  readonly notShown?: { readonly headers?: string; readonly body?: string };
  /** What its reader noticed in the capture. They become notes of the diagnosis. */
  readonly notes?: readonly Finding[];
}

/** Every value of a header, trimmed as HTTP does, by its lower-case name. */
export function headerValues(request: CapturedRequest, name: string): string[] {
  return request.headers
    .filter(([candidate]) => candidate.toLowerCase() === name)
    .map(([, value]) => withoutBlanks(value));
}

/**
 * Without spaces and tabs around it, as in HTTP. `trim()` removes other characters too, which a receiver sees. A regular
 * expression would take quadratic time on a long run of spaces.
 */
export function withoutBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value[start])) start += 1;
  while (end > start && isBlank(value[end - 1])) end -= 1;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
