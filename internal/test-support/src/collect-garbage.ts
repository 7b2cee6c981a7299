import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Collects all garbage, at once. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** @returns how many of these are still kept, once Node has had some turns to let go of what it has just ended */
export async function keptOf(seen: readonly WeakRef<object>[]): Promise<number> {
  const kept = (): number => seen.filter((ref) => ref.deref() !== undefined).length;
  for (let turns = 0; turns < 10 && kept() > 0; turns += 1) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  return kept();
}
