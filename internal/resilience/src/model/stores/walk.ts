import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { Random } from "test-support/random";
import { type Command, carryOut, tell } from "../machine/command.ts";
import { ABSENT, type KeyState } from "../machine/follow.ts";
import { type Exchange, statesAfter } from "./possible.ts";
import type { Subject } from "./subject.ts";

const OWNERS = ["a", "b", "c"] as const;
/** Odd multiples of 5 s, and time passes in multiples of 10 s: the milliseconds of the real clock never decide. */
const LEASES_MS = [15_000, 25_000, 45_000, 85_000] as const;
const PASSING_MS = [10_000, 20_000, 40_000, 90_000] as const;

export interface Walk {
  readonly commands: number;
  /** What happened, if no state of the machine explains the last line. */
  readonly counterexample: readonly string[] | undefined;
}

/** One key, from absent on: commands one by one and several at once, time passing in between. */
export async function walk(subject: Subject, seed: number): Promise<Walk> {
  const random = new Random(seed);
  const key: DedupKey = { namespace: "model", id: `walk-${seed}` };
  const { retentionMs } = subject;
  const holders: Holder[] = [];
  const lines: string[] = [];
  let states: KeyState[] = [ABSENT];
  let nowMs = 0;
  let commands = 0;

  for (let left = random.between(4, 20); left > 0; left--) {
    if (random.chance(0.3)) {
      // Now and then for longer than the store has to remember anything.
      const ms = random.chance(0.1) ? retentionMs + 3_600_000 : random.pick(PASSING_MS);
      await subject.elapse(ms, key);
      nowMs += ms;
      lines.push(`${ms / 1_000} s pass`);
      continue;
    }
    const atOnce = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => draw(random, holders));
    const replies = await Promise.all(atOnce.map(async (command) => carryOut(subject.store, key, command)));
    const exchanges = atOnce.map(
      (command, at): Exchange => ({ command, reply: replies[at] as Exchange["reply"] }),
    );
    commands += exchanges.length;
    lines.push(
      exchanges.map(({ command, reply }) => `${tell(command)}: ${JSON.stringify(reply)}`).join(" | "),
    );
    states = statesAfter(states, exchanges, nowMs, retentionMs, subject.turnsAway ?? false);
    if (states.length === 0) return { commands, counterexample: lines };
    for (const { command, reply } of exchanges) {
      if (command.do === "claim" && typeof reply === "object" && reply.state === "claimed") {
        holders.push({ owner: command.owner, fence: reply.fence });
      }
    }
  }
  return { commands, counterexample: undefined };
}

function draw(random: Random, holders: readonly Holder[]): Command {
  const what = random.pick(["claim", "claim", "claim", "renew", "complete", "complete", "release", "forget"]);
  switch (what) {
    case "claim":
      return { do: "claim", owner: random.pick(OWNERS), leaseMs: random.pick(LEASES_MS) };
    case "forget":
      return { do: "forget" };
    case "renew":
      return { do: "renew", holder: drawHolder(random, holders), leaseMs: random.pick(LEASES_MS) };
    case "complete":
      return { do: "complete", holder: drawHolder(random, holders) };
    default:
      return { do: "release", holder: drawHolder(random, holders) };
  }
}

/** Mostly the newest, often an older one, sometimes one who never held it. */
function drawHolder(random: Random, holders: readonly Holder[]): Holder {
  const newest = holders.at(-1) ?? { owner: "a", fence: 1 };
  const toss = random.fraction();
  if (toss < 0.6) return newest;
  if (toss < 0.85 && holders.length > 0) return random.pick(holders);
  return random.pick([
    { ...newest, fence: newest.fence + 1 },
    { ...newest, fence: newest.fence - 1 },
    { ...newest, owner: "stranger" },
  ]);
}
