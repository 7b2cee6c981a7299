import { type Finding, type FindingCode, proven } from "./finding.ts";

/** Standard Webhooks leaves the number open; a receiver allows 300 s either way unless told otherwise. */
const TOLERANCE_SECONDS = 300;

/** What the time of an attempt says. */
export interface Age {
  /** Refused when it was captured. */
  readonly finding?: Finding;
  /** Refused by now, only because time has passed. */
  readonly note?: Finding;
}

/**
 * @param seconds of the attempt, Unix time
 * @param at when the request was captured, where that is known
 */
export function ageOf(seconds: number, now: Date, at: Date | undefined): Age {
  const age = Math.floor((at ?? now).getTime() / 1000) - seconds;
  if (Math.abs(age) <= TOLERANCE_SECONDS) return {};
  if (age < 0) return { finding: tooNew(-age) };
  return at === undefined ? { note: onlyOld(age) } : { finding: tooOld(age) };
}

const TIME_SYNC = 'timedatectl status    # "System clock synchronized: yes"';

function tooNew(ahead: number): Finding {
  return clock("timestamp_too_new", {
    what: `webhook-timestamp lies ${duration(ahead)} in the future.`,
    why: `mintfax stamps every attempt when it is sent; ${TOLERANCE_SECONDS} s either way are allowed. So the clock here is slow.`,
    fix: "Set the clock of this machine, and let it be kept by NTP. In a paused VM or container, that of its host.",
    example: TIME_SYNC,
  });
}

function tooOld(age: number): Finding {
  return clock("timestamp_too_old", {
    what: `webhook-timestamp was ${duration(age)} old when the request came.`,
    why: `${TOLERANCE_SECONDS} s are allowed. mintfax stamps every attempt afresh, retries too, so this is not how it was sent.`,
    fix: "Set the clock (it may be fast), and look for a queue or relay that holds deliveries back or sends them again.",
    example: TIME_SYNC,
  });
}

function onlyOld(age: number): Finding {
  return clock("timestamp_too_old", {
    what: `The timestamp is ${duration(age)} old: by now it would be refused for that alone.`,
    why: `${TOLERANCE_SECONDS} s are allowed, and a capture is nearly always older. It says nothing about the delivery itself.`,
    fix: "Nothing. To have the age judged too, say when it was captured (--at).",
  });
}

function clock(code: FindingCode, words: Parameters<typeof proven>[1]): Finding {
  return proven(code, words);
}

/** "8 min 20 s", "3 d 4 h": the two largest units. */
function duration(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
