/**
 * A siege: forged traffic at full speed beside good traffic at a fixed pace. Server, forgers and sender are processes
 * of their own. Prints tables; exits with 1 if a good delivery was lost, the store was called for a forged one, or memory
 * grew beyond its bound.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { PLANT } from "test-support/siege-setting";
import { Child } from "./child.ts";
import type { Flood } from "./forgers.ts";
import { problemsIn, tablesOf } from "./report.ts";
import type { Deliveries } from "./senders.ts";
import type { Sample } from "./server.ts";

const SAMPLES = 12;

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, plant: { type: "boolean", default: false } },
});
const seconds = Number(values.seconds);
if (!(seconds >= 1)) throw new RangeError(`--seconds is ${values.seconds}; expected a number of at least 1`);
const quietSeconds = Math.max(1, seconds / 4);

console.log(`Siege of ${seconds} s, Node ${process.version}, ${cpus().length} cores\n`);
const server = new Child("server.ts", ...(values.plant ? [PLANT] : []));
const { port } = await server.next<{ port: number }>();
const sender = new Child("senders.ts", String(port));
await sender.next();

// Once for nothing, so that neither phase has to compile what the other one measures.
const warm = await sender.ask<Deliveries>({ seconds: 1 });
const alone = await sender.ask<Deliveries>({ seconds: quietSeconds });
const samples = [await server.ask<Sample>({})];

const forgers = new Child("forgers.ts", String(port));
await forgers.next();
const besideDone = sender.ask<Deliveries>({ seconds });
for (let at = 1; at <= SAMPLES; at++) {
  await new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / SAMPLES));
  // The last one once all good deliveries have been answered, since it is counted by.
  if (at < SAMPLES) samples.push(await server.ask<Sample>({}));
}
const beside = await besideDone;
samples.push(await server.ask<Sample>({}));
const flood = await forgers.ask<Flood>({});
for (const child of [server, sender, forgers]) child.stop();

const findings = { warm, alone, beside, flood, samples };
console.log(tablesOf(findings));
const problems = problemsIn(findings);
console.log("");
for (const problem of problems) console.log(`broken: ${problem}`);
console.log(problems.length === 0 ? "everything held" : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
