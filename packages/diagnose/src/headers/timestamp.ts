import { type Finding, proven } from "../finding.ts";

/** How a timestamp may be meant. */
export interface TimestampReading {
  /** As it may have been signed; the most likely first. */
  readonly spellings: readonly string[];
  /** Unix seconds, where it can be told. */
  readonly seconds?: number;
  readonly findings: readonly Finding[];
}

const PLAIN = /^(?:0|[1-9][0-9]{0,14})$/;
/** Seconds will have this many digits only in the year 5138. */
const LEAST_MILLISECONDS = 100_000_000_000;

export function readTimestamp(value: string): TimestampReading {
  if (PLAIN.test(value)) {
    const number = Number(value);
    if (number < LEAST_MILLISECONDS) return { spellings: [value], seconds: number, findings: [] };
    const seconds = Math.floor(number / 1000);
    return { spellings: [value, String(seconds)], seconds, findings: [inMilliseconds(value.length)] };
  }
  const seconds = /^[+]?[0-9]{1,15}(?:\.[0-9]*)?$/.test(value)
    ? Math.floor(Number(value))
    : dateSeconds(value);
  if (seconds === undefined) return { spellings: [value], findings: [malformed(value)] };
  return { spellings: [value, String(seconds)], seconds, findings: [malformed(value)] };
}

function dateSeconds(value: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[T ]|^[A-Z][a-z]{2}, \d/.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function inMilliseconds(digits: number): Finding {
  return proven("timestamp_in_milliseconds", {
    what: "webhook-timestamp is in milliseconds.",
    why: `It has ${digits} digits; expected Unix seconds, which have 10. As seconds it lies far in the future.`,
    fix: "mintfax sends seconds. If the sender is a script of yours, let it divide.",
    example: "Math.floor(Date.now() / 1000)",
  });
}

function malformed(value: string): Finding {
  const kind = /^\d{4}-|^[A-Z]/.test(value)
    ? "a date"
    : /^[+0-9.]+$/.test(value)
      ? "a number in another spelling"
      : "no number";
  return proven("timestamp_malformed", {
    what: `webhook-timestamp is ${kind}, not plain Unix seconds.`,
    why: `${value.length} characters came; expected some 10 decimal digits and nothing else. The spelling is signed.`,
    fix: "Find what rewrites the header on the way; if the sender is a script of yours, let it send whole seconds.",
    example: "String(Math.floor(Date.now() / 1000))",
  });
}
