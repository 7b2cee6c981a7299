/** What came back for a request, as far as a check needs it. */
export interface Answer {
  /** Null where the connection ended, or the time was over, without an answer. */
  readonly status: number | null;
  /** Its headers and the beginning of its body. */
  readonly text: string;
  /** Why no answer came: a code such as `ECONNRESET`, or `timeout`. */
  readonly error: string | null;
  readonly durationMs: number;
  /** How long an answer was waited for. */
  readonly limitMs: number;
  /** How much of the body was handed to the socket before the answer came. */
  readonly sentBytes: number;
}

/** For people: `200`, `no answer (ECONNRESET)`, `no answer (within 30 s)`. */
export function inWords({ status, error, limitMs }: Answer): string {
  if (error === "timeout") return `no answer (within ${limitMs / 1000} s)`;
  return status === null ? `no answer (${error})` : String(status);
}
