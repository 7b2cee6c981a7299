import { availableParallelism } from "node:os";
import type { Stage } from "./pack/stage.ts";
import type { Finding, Part, Proof } from "./proof.ts";

/**
 * Runs the proofs of a part, as many at once as there are processors, and prints a table.
 *
 * @param match what the names of these proofs contain; empty for all
 * @returns whether all hold, and there is one
 */
export async function runPart(part: Part, stage: Stage, match: string): Promise<boolean> {
  const started = Date.now();
  const proofs = (await part.proofs(stage)).filter(({ name }) => name.includes(match));
  const findings = await inTurn(proofs, (proof) => find(proof, stage));

  console.log(`\n${part.title} (${seconds(started)} s)\n`);
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, seen, fault } of findings) {
    console.log(`  ${fault === undefined ? "✓" : "✗"} ${name.padEnd(width)}  ${seen}`.trimEnd());
  }
  const faulty = findings.filter(({ fault }) => fault !== undefined);
  for (const { name, fault } of faulty) console.log(`\n  ✗ ${name}\n${fault}`);
  return faulty.length === 0 && findings.length > 0;
}

async function find({ name, run }: Proof, stage: Stage): Promise<Finding> {
  try {
    return { name, seen: await run(stage) };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { name, seen: "", fault };
  }
}

/** Like `Promise.all(items.map(work))`, but only so many at once. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 100) / 10;
}
