import { play } from "./hand-off/play.ts";
import type { Options } from "./options.ts";
import { virtualise } from "./simulation/virtual-clock.ts";

const nowMs: () => number = performance.now.bind(performance);

/** Plays interleavings of the two stages until one breaks a rule. @returns whether none did */
export async function runHandOff({ seed, handOffs, plant, rule }: Options): Promise<boolean> {
  if (handOffs === 0) return true;
  const startMs = nowMs();
  const sum = { deliveries: 0, enqueues: 0, attempts: 0, parked: 0 };
  const devirtualise = virtualise();
  try {
    for (let played = 1; played <= handOffs; played++) {
      const world = await play(seed + played - 1, plant);
      if (world.violations.some((violation) => (rule ?? violation.rule) === violation.rule)) {
        console.log(`hand-off: interleaving ${played} breaks a rule`);
        await tellAll(seed + played - 1, plant);
        return false;
      }
      sum.deliveries += world.deliveries;
      sum.enqueues += world.jobs.length;
      sum.attempts += world.attempts.length;
      sum.parked += world.jobs.filter(({ state }) => state === "parked").length;
    }
  } finally {
    devirtualise();
  }
  const counts = Object.entries(sum).map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
  console.log(
    `hand-off: ${handOffs.toLocaleString("en")} interleavings, seeds ${seed} to ${seed + handOffs - 1}, 0 counterexamples`,
  );
  console.log(`        ${counts.join(", ")}; ${((nowMs() - startMs) / 1_000).toFixed(1)} s`);
  return true;
}

/** Plays it once more, with an account of everything. */
async function tellAll(seed: number, plant: string | undefined): Promise<void> {
  const { scenario, trace, violations } = await play(seed, plant, true);
  const { troubles, ...rest } = scenario;
  console.log(JSON.stringify({ seed, ...rest, troubles: [...troubles] }));
  console.log(trace?.join("\n"));
  for (const { rule, what } of violations) console.log(`broken: ${rule}: ${what}`);
  const again = `--seed ${seed} --hand-offs 1 --interleavings 0 --stores 0${plant === undefined ? "" : ` --plant ${plant}`}`;
  console.log(`once more: pnpm model ${again}`);
}
