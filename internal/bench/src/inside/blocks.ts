import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";

const BLOCK_MS = 20;
const FIRST_TRY = 8;

/** Something to be timed; several calls of it make a block. */
export type Act = () => unknown;

/**
 * How many calls take about as long as a block. Runs them for a while, which warms them up too. Short blocks,
 * since a round then has several and can do without those that were disturbed.
 */
async function callsPerBlock(act: Act): Promise<number> {
  let calls = FIRST_TRY;
  // The last pace counts: the first ones are those of an interpreter.
  for (let tries = 0; tries < 12; tries += 1) {
    const microsEach = await microsPerCall(act, calls);
    calls = Math.max(1, Math.round(Math.min(calls * 8, (BLOCK_MS * 1000) / Math.max(microsEach, 0.001))));
  }
  return calls;
}

/**
 * One block, in CPU time: others on the machine then count for little. Awaits only what is a promise, so that nothing
 * else pays for one.
 */
async function microsPerCall(act: Act, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const result = act();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** How often each act is timed in a round; the median counts. */
const BLOCKS = 7;

/** Times acts in turns. @returns by name, the CPU microseconds of a call in each round */
export async function timeInRounds<Name extends string>(
  acts: Readonly<Record<Name, Act>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(acts) as Name[];
  const calls = new Map<Name, number>();
  for (const name of names) calls.set(name, await callsPerBlock(acts[name]));
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    const blocks = await inRounds(names, BLOCKS, (name) =>
      microsPerCall(acts[name], calls.get(name) as number),
    );
    for (const [name, micros] of blocks) found[name].push(figureOf(micros).median);
  }
  return found;
}
