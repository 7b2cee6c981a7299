import { play } from "./engine/play.ts";
import type { Options } from "./options.ts";
import { playUntilBroken } from "./play-until-broken.ts";

/** The engine. @returns whether no interleaving broke a rule */
export function runEngine(options: Options): Promise<boolean> {
  const engine = {
    name: "engine",
    interleavings: options.interleavings,
    play,
    once: "--interleavings 1 --hand-offs 0 --stores 0",
    count: ({ deliveries, runs }: Awaited<ReturnType<typeof play>>) => ({
      deliveries: deliveries.length,
      runs: runs.length,
      calls: deliveries.reduce((sum, { calls }) => sum + calls.length, 0),
    }),
  };
  return playUntilBroken(engine, options);
}
