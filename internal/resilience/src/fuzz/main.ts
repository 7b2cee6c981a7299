/**
 * Fuzzing: changed and broken requests over real sockets to every kind of server. Prints seed and counts; exits with 1
 * if a server broke, accepted a forgery, left a connection open, or said what it must not say.
 */
import { parseArgs } from "node:util";
import { actAtOnce } from "test-support/at-once";
import { PATIENT, SECRET } from "test-support/siege-setting";
import { COMMON_OPTIONS, numberFrom, seedFrom } from "../options.ts";
import { printVerdict } from "../verdict.ts";
import { faultIn } from "./answers.ts";
import { Besieged } from "./besieged.ts";
import { type Case, drawCase } from "./case.ts";
import { exchange } from "./exchange.ts";

const { values } = parseArgs({
  options: {
    ...COMMON_OPTIONS,
    cases: { type: "string" },
    // Of one case: to every server, with all that was sent and heard.
    show: { type: "boolean", default: false },
    plant: { type: "boolean", default: false },
  },
});
const seed = seedFrom(values.seed);
const cases = numberFrom("--cases", values.cases ?? (values.short ? "300" : "3000"));

const CONNECTIONS = 40;
/** Every timeout of the servers is below 2 s; a busy machine may take longer. */
const HANG_MS = 15_000;
/** Code that was compiled meanwhile, and the ids of good deliveries in four memory stores. */
const GROWTH_BYTES = 24 * 2 ** 20;
const MAX_SHOWN = 5;

const startMs = performance.now();
const besieged = await Besieged.start(values.plant);
const servers = Object.entries(besieged.ports);
const problems: string[] = [];

/** Plays a case against one server, whose turn it is. */
async function play(at: number, server = servers[at % servers.length]): Promise<void> {
  const [name = "", port = 0] = server ?? [];
  const drawn = drawCase(seed + at);
  const heard = await exchange(port, drawn, HANG_MS);
  const fault = heard.hung
    ? `no end after ${HANG_MS} ms`
    : faultIn(heard.text, [SECRET.slice("whsec_".length), PATIENT, ...drawn.macs]);
  if (values.show) console.log(`${name}\n${sent(drawn)}\n--- heard\n${heard.text}\n`);
  if (fault !== undefined) {
    problems.push(
      `seed ${drawn.seed}, ${name}: ${fault}\n--- sent\n${sent(drawn)}\n--- heard\n${heard.text.slice(0, 1_000)}`,
    );
  }
}

function sent({ pieces, ending }: Case): string {
  return `${JSON.stringify(
    Buffer.concat([...pieces])
      .toString("latin1")
      .slice(0, 2_000),
  )}, then ${ending}`;
}

async function playFrom(first: number, to: number): Promise<void> {
  await actAtOnce(CONNECTIONS, to - first, async (index) => {
    if (problems.length < MAX_SHOWN) await play(first + index);
  });
}

console.log(
  `Fuzz, seed ${seed}, Node ${process.version}, servers: ${servers.map(([name]) => name).join(", ")}`,
);
if (values.show) {
  for (const server of servers) await play(0, server);
} else {
  // The first tenth warms up; memory is compared from there.
  const warm = Math.ceil(cases / 10);
  await playFrom(0, warm);
  const before = await besieged.report();
  await playFrom(warm, cases);
  const after = await besieged.report();
  const grownBytes = after.heapBytes - before.heapBytes;
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    `${cases.toLocaleString("en")} connections, seeds ${seed} to ${seed + cases - 1}: ${after.authentic} authentic deliveries, ` +
      `${after.handlerRuns} handler runs, ${after.storeCalls} store calls`,
  );
  console.log(
    `left: ${after.openConnections} connections; heap ${mib(before.heapBytes)} after a tenth, ${mib(after.heapBytes)} at the end; ` +
      `${((performance.now() - startMs) / 1_000).toFixed(1)} s`,
  );
  if (after.openConnections > 0) problems.push(`${after.openConnections} connections are left open`);
  if (grownBytes > GROWTH_BYTES) problems.push(`the heap has grown by ${mib(grownBytes)}`);
  if (after.handlerRuns === 0 || after.authentic < cases / 10)
    problems.push("hardly anything good was among them");
}
problems.push(...besieged.problems);
for (const what of problems.slice(0, MAX_SHOWN)) console.log(`\nbroken: ${what}`);
if (problems.length > 0 && !values.show) {
  console.log("\none case alone: pnpm fuzz --show --seed <its seed>");
}
await besieged.stop();
process.exit(printVerdict(problems.length));
