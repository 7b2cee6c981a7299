/** Measures, and prints ratios first. Exits with 1 where something could not be measured, or the guard barks. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "test-support/root";
import { guard } from "./guard.ts";
import { optionsFrom } from "./options.ts";
import { PARTS } from "./parts/index.ts";
import { buildAll } from "./processes/build.ts";
import { load, machine, machineText, watchOthers } from "./report/machine.ts";
import { writeToPage } from "./report/page.ts";
import type { PartResult } from "./report/result.ts";
import { terminalText } from "./report/terminal.ts";

const options = optionsFrom(process.argv.slice(2));
await buildAll();
const where = machine(options.runtime.node);
console.log(machineText(where));
if (options.guard) process.exit((await guard(options.runtime)) ? 0 : 1);

const results: Record<string, PartResult & { readonly othersShare: number | undefined }> = {};
for (const { name, filter } of options.parts) {
  const others = watchOthers();
  const result = await PARTS[name]({ ...options, filter });
  const othersShare = others();
  results[name] = { ...result, othersShare };
  const disturbance =
    othersShare === undefined
      ? `load ${load().toFixed(1)}`
      : `others used ${Math.round(othersShare * 100)} % of the machine`;
  const circumstances = `${options.rounds} round${options.rounds === 1 ? "" : "s"} of ${options.seconds} s; ${disturbance}`;
  console.log(`${terminalText(result)}\n\n  ${name}: ${circumstances}`);
  if (options.page) {
    const { place, command } = onThePage(name);
    writeToPage(place, result, `${machineText(where)}; ${circumstances}; \`${command}\``);
  }
}

if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: where, rounds: options.rounds, parts: results }, null, 2)}\n`,
  );
}

/** Another Node than the bench's own has tables of its own. */
function onThePage(part: string): { readonly place: string; readonly command: string } {
  const command = `npx -y pnpm@12.21.0 bench --only ${part}`;
  if (options.runtime.node === undefined) return { place: part, command };
  const name = /^Node v(\d+)/.exec(where.runtime)?.[1] ?? "other";
  return {
    place: `${part}-node-${name}`,
    command: `${command} --node ${relative(ROOT, options.runtime.node)}`,
  };
}
