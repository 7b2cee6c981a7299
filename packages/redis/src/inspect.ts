import {
  type DedupKey,
  type Inspection,
  StoreUnavailableError,
  withinLimit,
} from "@mintfax-webhooks/core/store";
import { refuseQueued } from "./answers.ts";
import type { ScriptRunner } from "./client.ts";
import { storeErrorFrom } from "./errors.ts";
import { keyName } from "./key-name.ts";
import type { Settings } from "./options.ts";
import { ScriptCalls } from "./script-calls.ts";
import { scriptFrom } from "./scripts.ts";

/** Answers with Redis' clock, the milliseconds until the key expires, and the row as it is. */
const SCRIPT = scriptFrom(`
local row = redis.call('GET', KEYS[1])
if not row then return 'absent' end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
return string.format('%.0f %.0f %s', nowMs, redis.call('PTTL', KEYS[1]), row)
`);

/** `LeaseStore.inspect`. */
export async function inspect(scripts: ScriptRunner, settings: Settings, key: DedupKey): Promise<Inspection> {
  const { keyPrefix, timeoutMs } = settings;
  const name = keyName(keyPrefix, key);
  // It writes nothing that replicas could confirm.
  const calls = new ScriptCalls(scripts, undefined, settings);
  try {
    const { answer } = await withinLimit(calls.call(SCRIPT, [name], []), timeoutMs, () => {
      return new StoreUnavailableError(`Redis has not answered within ${timeoutMs} ms.`);
    });
    return inspectionFrom(answer, name);
  } catch (error) {
    throw storeErrorFrom(error);
  }
}

const ANSWER = /^(\d+) (-?\d+) (.*)$/s;

function inspectionFrom(given: unknown, name: string): Inspection {
  // A client may be set to return buffers.
  const answer = given instanceof Uint8Array ? new TextDecoder().decode(given) : given;
  if (answer === "absent") return { state: "absent" };
  refuseQueued(answer);
  const [, nowMs, leftMs, text] = (typeof answer === "string" && ANSWER.exec(answer)) || [];
  if (text === undefined) {
    throw new StoreUnavailableError(
      `Redis has answered ${typeof answer === "string" ? "a text" : `a value of type ${typeof answer}`}; expected the row of an id.`,
    );
  }
  const row = rowFrom(text);
  if (row === undefined) throw new Error(`ERR ${name} does not hold a row of a dedup store`);
  return inspectionOf(row, Number(nowMs), Number(leftMs));
}

/** What a key holds; `batch-script.ts` says how. */
export interface Row {
  readonly state: "P" | "R" | "D";
  readonly fence: number;
  readonly leaseEndsMs: number;
  readonly owner: string;
}

const ROW = /^([PRD]) (\d+) (\d+)(?: (.*))?$/s;

/** @returns undefined for a text that no store of ours has written */
export function rowFrom(text: string): Row | undefined {
  const [, state, fence, leaseEndsMs, owner = ""] = ROW.exec(text) ?? [];
  if (state === undefined) return undefined;
  return { state: state as Row["state"], fence: Number(fence), leaseEndsMs: Number(leaseEndsMs), owner };
}

/** @param leftMs until the key expires; negative where it does not */
export function inspectionOf(
  { state, fence, leaseEndsMs, owner }: Row,
  nowMs: number,
  leftMs: number,
): Inspection {
  // A fence is the time of its claim, or later where the clock was set back meanwhile.
  const seen = { nowMs, fence, ...(fence <= nowMs && { claimedMs: fence }) };
  if (state === "P") return { state: "pending", owner, ...seen, untilMs: leaseEndsMs };
  return {
    state: state === "D" ? "done" : "released",
    ...seen,
    ...(leftMs > 0 && { untilMs: nowMs + leftMs }),
  };
}
