/** A request as it was caught somewhere between mintfax and the code that refused it. */
export interface CapturedRequest {
  /** Left out where the capture does not say. */
  readonly method?: string;
  readonly url?: string;
  /** In the order in which they came, duplicates kept. Case does not matter. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes that were verified, or would have been. */
  readonly body: Uint8Array;
}

/** Every value of a header, trimmed as HTTP does, by its lower-case name. */
export function headerValues(request: CapturedRequest, name: string): string[] {
  return request.headers
    .filter(([candidate]) => candidate.toLowerCase() === name)
    .map(([, value]) => withoutBlanks(value));
}

/** Without blanks and tabs around it, as HTTP has it: `trim()` takes more, which a receiver sees. A regular expression would look at every run of blanks from each of its places. */
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
