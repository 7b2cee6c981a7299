/** Measures, and prints ratios first. Exits with 1 where something could not be measured, or the guard barks. */
import { guard } from "./guard.ts";
import { optionsFrom } from "./options.ts";
import { PARTS } from "./parts/index.ts";
import { buildAll } from "./processes/build.ts";
import { type MeasuredPart, writeArtifacts } from "./report/artifact.ts";
import { load, machine, machineText, watchOthers } from "./report/machine.ts";
import { terminalText } from "./report/terminal.ts";

const options = optionsFrom(process.argv.slice(2));
await buildAll();
const where = machine(options.runtime.node);
console.log(machineText(where));
if (options.guard) process.exit((await guard(options.runtime)) ? 0 : 1);

const measured: MeasuredPart[] = [];
for (const { name, filter } of options.parts) {
  const others = watchOthers();
  const result = await PARTS[name]({ ...options, filter });
  const othersShare = others();
  const disturbance =
    othersShare === undefined
      ? `load ${load().toFixed(1)}`
      : `others used ${Math.round(othersShare * 100)} % of the machine`;
  const circumstances = `${options.rounds} round${options.rounds === 1 ? "" : "s"} of ${options.seconds} s; ${disturbance}`;
  console.log(`${terminalText(result)}\n\n  ${name}: ${circumstances}`);
  measured.push({ ...result, name, circumstances, othersShare });
}
writeArtifacts(machineText(where), where, measured);
