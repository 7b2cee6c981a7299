import type { Random } from "test-support/random";
import type { SimulatedProcess } from "./process.ts";

const LATENCIES_MS = [0, 0, 0, 1, 5, 20, 200, 1_000];
/** The engine waits for 5 s, a lease lasts for up to 90 s. */
const SLOW_MS = [4_999, 5_000, 5_001, 12_000, 46_000, 95_000];

/** What can go wrong on the way, by the trouble that brings it. */
const FATES = {
  "refused calls": "refused",
  "lost requests": "request lost",
  "lost answers": "answer lost",
  "failures after the effect": "failed after the effect",
  "slow calls": "slow",
} as const;

export type Fate = (typeof FATES)[keyof typeof FATES];

/** What the connections of a world need of it. */
export interface Network {
  readonly nowMs: number;
  readonly random: Random;
  readonly scenario: {
    readonly troubles: ReadonlySet<string>;
    /** How many of the requests go wrong. */
    readonly faultRate: number;
    /** From here on nothing goes wrong any more. */
    readonly horizonMs: number;
  };
  later(to: SimulatedProcess | undefined, delayMs: number, act: () => void): unknown;
  note(what: () => string): void;
}

interface Request {
  /** Made only when it is read. */
  readonly words: () => string;
  /** The other side takes it. */
  readonly take: () => void;
  readonly answered: () => void;
  readonly failed: (error: Error) => void;
}

/** From one process to what all of them share. What becomes of a request is drawn for each. */
export class Connection {
  readonly #network: Network;
  readonly #process: SimulatedProcess;
  readonly #fates: readonly Fate[];

  constructor(network: Network, process: SimulatedProcess) {
    this.#network = network;
    this.#process = process;
    const { troubles } = network.scenario;
    this.#fates = Object.entries(FATES).flatMap(([trouble, fate]) => (troubles.has(trouble) ? [fate] : []));
  }

  drawFate(): Fate | undefined {
    const { nowMs, scenario, random } = this.#network;
    if (nowMs >= scenario.horizonMs) return undefined;
    const outage = this.#process.outages.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
    if (outage !== undefined) return outage.hangs ? "request lost" : "refused";
    return this.#fates.length > 0 && random.chance(scenario.faultRate) ? random.pick(this.#fates) : undefined;
  }

  send(fate: Fate | undefined, { words, take, answered, failed }: Request): void {
    const network = this.#network;
    const { random } = network;
    if (fate !== undefined) network.note(() => `  ${words()}: ${fate}`);
    const answer = (error?: string): void => {
      network.later(this.#process, random.pick(LATENCIES_MS), () => {
        if (error === undefined) return answered();
        network.note(() => `  ${words()} fails`);
        failed(new Error(`the other side: ${error}`));
      });
    };
    if (fate === "request lost") return;
    if (fate === "refused") {
      answer(fate);
      return;
    }
    // A slow request is held up on its way there or on its way back.
    const slowAtFirst = fate === "slow" && random.chance(0.5);
    network.later(undefined, random.pick(slowAtFirst ? SLOW_MS : LATENCIES_MS), () => {
      take();
      if (fate === "answer lost") return;
      if (fate === "slow" && !slowAtFirst) network.later(undefined, random.pick(SLOW_MS), () => answer());
      else answer(fate === "failed after the effect" ? fate : undefined);
    });
  }
}
