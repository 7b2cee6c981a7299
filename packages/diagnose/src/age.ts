import { type Finding, type FindingCode, proven } from "./finding.ts";

/** Standard Webhooks names no number. A receiver allows 300 s either way by default. */
const TOLERANCE_SECONDS = 300;

/** What the age of an attempt shows. */
export interface Age {
  /** A receiver refused it at the time of capture. */
  readonly finding?: Finding;
  /** A receiver would refuse it now, only because time has passed. */
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
    what: `webhook-timestamp is ${duration(ahead)} in the future.`,
    why: `mintfax stamps each attempt when it sends it, and a receiver allows ${TOLERANCE_SECONDS} s either way. So the clock here is slow.`,
    fix: "Set the clock of this machine, and keep it synchronised by NTP. For a paused VM or a container, set the clock of its host.",
    example: TIME_SYNC,
  });
}

function tooOld(age: number): Finding {
  return clock("timestamp_too_old", {
    what: `webhook-timestamp was ${duration(age)} old when the request came.`,
    why: `A receiver allows ${TOLERANCE_SECONDS} s. mintfax stamps each attempt anew, retries too, so either the clock is wrong or the request was held back.`,
    fix: "Set the clock (it may be fast), and look for a queue or relay that holds deliveries back or sends them again.",
    example: TIME_SYNC,
  });
}

function onlyOld(age: number): Finding {
  return clock("timestamp_too_old", {
    what: `The timestamp is ${duration(age)} old, so a receiver would refuse this request now.`,
    why: `A receiver allows ${TOLERANCE_SECONDS} s, and a capture is nearly always older. Its age says nothing about the delivery itself.`,
    fix: "No change is needed. To check the age too, give the time of capture (--at).",
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
