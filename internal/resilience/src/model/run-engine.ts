import { play } from "./engine/play.ts";
import type { Options } from "./options.ts";
import { virtualise } from "./simulation/virtual-clock.ts";

const REPORT_EVERY_MS = 15_000;
const nowMs: () => number = performance.now.bind(performance);

/** Plays interleavings until one breaks a rule. @returns whether none did */
export async function runEngine({ seed, interleavings, plant, rule }: Options): Promise<boolean> {
  if (interleavings === 0) return true;
  const startMs = nowMs();
  const sum = { deliveries: 0, runs: 0, calls: 0 };
  let reportMs = startMs + REPORT_EVERY_MS;
  const devirtualise = virtualise();
  try {
    for (let played = 1; played <= interleavings; played++) {
      const world = await play(seed + played - 1, plant);
      if (world.violations.some((violation) => (rule ?? violation.rule) === violation.rule)) {
        console.log(`engine: interleaving ${played} breaks a rule`);
        await tellAll(seed + played - 1, plant);
        return false;
      }
      sum.deliveries += world.deliveries.length;
      sum.runs += world.runs.length;
      for (const { calls } of world.deliveries) sum.calls += calls.length;
      if (nowMs() > reportMs) {
        reportMs += REPORT_EVERY_MS;
        console.log(`engine: ${played.toLocaleString("en")} interleavings so far`);
      }
    }
  } finally {
    devirtualise();
  }
  const counts = Object.entries(sum).map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
  console.log(
    `engine: ${interleavings.toLocaleString("en")} interleavings, seeds ${seed} to ${seed + interleavings - 1}, 0 counterexamples`,
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
  const again = `--seed ${seed} --interleavings 1 --stores 0${plant === undefined ? "" : ` --plant ${plant}`}`;
  console.log(`once more: pnpm model ${again}`);
}
