import type { Options } from "./options.ts";
import { virtualise } from "./simulation/virtual-clock.ts";

const REPORT_EVERY_MS = 15_000;
const nowMs: () => number = performance.now.bind(performance);

/** What a played interleaving says of itself. */
interface World {
  readonly scenario: { readonly troubles: Iterable<string> };
  readonly trace: readonly string[] | undefined;
  readonly violations: readonly { readonly rule: string; readonly what: string }[];
}

/** A game of many interleavings, one for each seed. */
export interface Game<Played extends World> {
  readonly name: string;
  readonly interleavings: number;
  play(seed: number, plant: string | undefined, traced?: boolean): Promise<Played>;
  /** What the report adds up, by name. */
  count(world: Played): Readonly<Record<string, number>>;
  /** Options of `pnpm model` that play one interleaving of this game, and no other game. */
  readonly once: string;
}

/** Plays interleavings until one breaks a rule. @returns whether none did */
export async function playUntilBroken<Played extends World>(
  game: Game<Played>,
  { seed, plant, rule }: Pick<Options, "seed" | "plant" | "rule">,
): Promise<boolean> {
  const { name, interleavings } = game;
  if (interleavings === 0) return true;
  const startMs = nowMs();
  const sums = new Map<string, number>();
  let reportMs = startMs + REPORT_EVERY_MS;
  const devirtualise = virtualise();
  try {
    for (let played = 1; played <= interleavings; played++) {
      const world = await game.play(seed + played - 1, plant);
      if (world.violations.some((violation) => (rule ?? violation.rule) === violation.rule)) {
        console.log(`${name}: interleaving ${played} breaks a rule`);
        await tellAll(game, seed + played - 1, plant);
        return false;
      }
      for (const [what, count] of Object.entries(game.count(world))) {
        sums.set(what, (sums.get(what) ?? 0) + count);
      }
      if (nowMs() > reportMs) {
        reportMs += REPORT_EVERY_MS;
        console.log(`${name}: ${played.toLocaleString("en")} interleavings so far`);
      }
    }
  } finally {
    devirtualise();
  }
  const counts = [...sums].map(([what, count]) => `${count.toLocaleString("en")} ${what}`);
  console.log(
    `${name}: ${interleavings.toLocaleString("en")} interleavings, seeds ${seed} to ${seed + interleavings - 1}, 0 counterexamples`,
  );
  console.log(`        ${counts.join(", ")}; ${((nowMs() - startMs) / 1_000).toFixed(1)} s`);
  return true;
}

/** Plays it once more, with an account of everything. */
async function tellAll<Played extends World>(
  { play, once }: Game<Played>,
  seed: number,
  plant: string | undefined,
): Promise<void> {
  const { scenario, trace, violations } = await play(seed, plant, true);
  const { troubles, ...rest } = scenario;
  console.log(JSON.stringify({ seed, ...rest, troubles: [...troubles] }));
  console.log(trace?.join("\n"));
  for (const { rule, what } of violations) console.log(`broken: ${rule}: ${what}`);
  const planted = plant === undefined ? "" : ` --plant ${plant}`;
  console.log(`once more: pnpm model --seed ${seed} ${once}${planted}`);
}
