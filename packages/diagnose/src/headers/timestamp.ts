import { type Finding, proven } from "../finding.ts";

/** The possible readings of a timestamp. */
export interface TimestampReading {
  /** The texts that may have been signed, the most likely first. */
  readonly spellings: readonly string[];
  /** Unix seconds, where the value is readable. */
  readonly seconds?: number;
  readonly findings: readonly Finding[];
}

const PLAIN = /^(?:0|[1-9][0-9]{0,14})$/;
/** Unix seconds reach this number in the year 5138. */
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
    why: `It has ${digits} digits; expected Unix seconds, which have 10. Read as seconds, it is far in the future.`,
    fix: "mintfax sends seconds. If your own script is the sender, make it divide by 1000.",
    example: "Math.floor(Date.now() / 1000)",
  });
}

function malformed(value: string): Finding {
  const kind = /^\d{4}-|^[A-Z]/.test(value)
    ? "a date"
    : /^[+0-9.]+$/.test(value)
      ? "a number in another spelling"
      : "not a number";
  return proven("timestamp_malformed", {
    what: `webhook-timestamp is ${kind}; expected plain Unix seconds.`,
    why: `It has ${value.length} characters; expected 10 decimal digits and nothing else. The exact text is signed.`,
    fix: "Find what rewrites the header on the way; if your own script is the sender, make it send whole seconds.",
    example: "String(Math.floor(Date.now() / 1000))",
  });
}
