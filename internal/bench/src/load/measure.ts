import type { Expected } from "./answers.ts";
import type { Generator } from "./generator.ts";
import type { Kind } from "./requests.ts";

/** One measurement of a server. */
export interface Measured {
  readonly perSecond: number;
  /** User and system time of the server process for each request. */
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A server process, as far as it can be measured. */
export interface Measurable {
  readonly port: number;
  /** User and system time so far. */
  cpuMicros(): Promise<number>;
  /** How often a handler has run; undefined where it is not counted. */
  handled(): Promise<number | undefined>;
}

export interface Plan {
  readonly kind: Kind;
  readonly expected: Expected;
  /** Whether every answer has to stand for one run of a handler; otherwise none may. */
  readonly handles: boolean;
  /** Each with one request in flight; 32 unless set. */
  readonly connections?: number | undefined;
  /** How long to measure, roughly: the number of requests follows from how fast the warm-up was. */
  readonly seconds: number;
}

/** By count, since compilers go by calls. The last one tells the pace. */
const WARM_UP = [500, 6_000, 6_000];
/** Longer requests than this warm up as fast with fewer. */
const USUAL_BYTES = 2_000;
const LEAST = 300;
/** All begin in the same moment. */
const LEAST_OF_A_CONNECTION = 10;
/** What is made ahead of time has to fit into memory. */
const MOST_BYTES = 400_000_000;

/** Warms the server up with requests of the same kind, then measures. @throws where an answer is wrong */
export async function measure(server: Measurable, generator: Generator, plan: Plan): Promise<Measured> {
  return measureWarm(server, generator, plan, await warmUp(server, generator, plan));
}

/** How fast a warm server is. */
export interface Pace {
  readonly perSecond: number;
  readonly bytesEach: number;
}

export async function warmUp(
  server: Measurable,
  generator: Generator,
  { kind, expected, connections }: Plan,
): Promise<Pace> {
  let [bytesEach, perSecond] = [USUAL_BYTES, 0];
  for (const count of WARM_UP) {
    bytesEach = await generator.prepare(kind, Math.ceil(count * Math.min(1, USUAL_BYTES / bytesEach)));
    await generator.open(server.port, expected, connections);
    const load = await generator.send();
    perSecond = load.sent / load.seconds;
  }
  return { bytesEach, perSecond };
}

/** Measures a server that is warm. @throws where an answer is wrong */
export async function measureWarm(
  server: Measurable,
  generator: Generator,
  { kind, expected, handles, seconds, connections }: Plan,
  { bytesEach, perSecond }: Pace,
): Promise<Measured> {
  const least = Math.max(LEAST, (connections ?? 0) * LEAST_OF_A_CONNECTION);
  const count = Math.min(MOST_BYTES / bytesEach, Math.max(least, perSecond * seconds));
  await generator.prepare(kind, Math.ceil(count));
  await generator.open(server.port, expected, connections);
  const handledBefore = await server.handled();
  const cpuBefore = await server.cpuMicros();
  const load = await generator.send();
  const cpuMicros = ((await server.cpuMicros()) - cpuBefore) / load.sent;
  const handled = await server.handled();
  const runs = handled === undefined || handledBefore === undefined ? undefined : handled - handledBefore;
  if (runs !== undefined && runs !== (handles ? load.sent : 0)) {
    throw new Error(`${load.sent} answers, but ${runs} runs of the handler`);
  }
  return {
    perSecond: load.sent / load.seconds,
    cpuMicros,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
  };
}
