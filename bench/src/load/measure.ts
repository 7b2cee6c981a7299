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
  /** How much of a core the load generator used: near 1, it was what was measured. */
  readonly generatorCores: number;
}

/** A server process, as far as it can be measured. */
export interface Measurable {
  readonly port: number;
  /** User and system time so far. */
  cpuMicros(): Promise<number>;
  /** How often a handler has run; undefined where nobody counts. */
  handled(): Promise<number | undefined>;
}

export interface Plan {
  readonly kind: Kind;
  readonly expected: Expected;
  /** Whether every answer has to stand for one run of a handler; otherwise none may. */
  readonly handles: boolean;
  /** How long to measure, roughly: the number of requests follows from how fast the warm-up was. */
  readonly seconds: number;
}

/** By count, since compilers go by calls. The last one tells the pace. */
const WARM_UP = [500, 6_000, 6_000];
/** Longer requests than this warm up as fast with fewer. */
const USUAL_BYTES = 2_000;
const LEAST = 300;
/** What is made ahead of time has to fit into memory. */
const MOST_BYTES = 400_000_000;

/** Warms the server up with requests of the same kind, then measures. @throws where an answer is wrong */
export async function measure(
  server: Measurable,
  generator: Generator,
  { kind, expected, handles, seconds }: Plan,
): Promise<Measured> {
  let [bytes, perSecond] = [USUAL_BYTES, 0];
  for (const count of WARM_UP) {
    bytes = await generator.prepare(kind, Math.ceil(count * Math.min(1, USUAL_BYTES / bytes)));
    const warmUp = await generator.send(server.port, expected);
    perSecond = warmUp.sent / warmUp.seconds;
  }
  const count = Math.min(MOST_BYTES / bytes, Math.max(LEAST, perSecond * seconds));
  await generator.prepare(kind, Math.ceil(count));
  const handledBefore = await server.handled();
  const cpuBefore = await server.cpuMicros();
  const load = await generator.send(server.port, expected);
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
    generatorCores: load.cpuSeconds / load.seconds,
  };
}
