/**
 * Plays `trigger`, `simulate` and `certify` against receivers with a mistake each, the reference library's and ours, and prints
 * what they find. Exits with 1 where that is not what is expected. `pnpm naive TEXT` plays those with the text in their names.
 */
import { isDeepStrictEqual } from "node:util";
import { actAtOnce } from "test-support/at-once";
import { play, RECEIVERS, sorted } from "./play.ts";
import { type Played, tableOf } from "./table.ts";

/** They wait more than they compute. */
const AT_ONCE = 4;

const [, , text = ""] = process.argv;
const chosen = RECEIVERS.filter(({ name }) => name.includes(text));
const played: Played[] = [];
let differing = 0;
await actAtOnce(AT_ONCE, chosen.length, async (index) => {
  const receiver = chosen[index];
  if (receiver === undefined) return;
  const { name, missing, expected } = receiver;
  const findings = missing ?? (await play(receiver));
  played[index] = [name, findings];
  if (typeof findings === "string" || isDeepStrictEqual(sorted(findings), sorted(expected))) return;
  differing += 1;
  console.log(
    `${name}: expected ${JSON.stringify(sorted(expected))}, found ${JSON.stringify(sorted(findings))}`,
  );
});
console.log(`${tableOf(played)}\n\n${chosen.length} receivers, ${differing} not as expected`);
process.exitCode = differing === 0 && chosen.length > 0 ? 0 : 1;
