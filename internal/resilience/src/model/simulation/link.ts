import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import type { Claim, DedupKey, Holder, Settlement } from "@mintfax-webhooks/core/store";
import type { Random } from "test-support/random";
import { type Command, type Reply, tell } from "../machine/command.ts";
import type { Call } from "./call.ts";
import type { SimulatedProcess } from "./process.ts";

/** What the connections of a world need of it. */
export interface Network {
  readonly nowMs: number;
  readonly random: Random;
  readonly scenario: {
    readonly troubles: ReadonlySet<string>;
    /** How many of the calls go wrong. */
    readonly faultRate: number;
    /** The store answers without a promise, as the memory store does. */
    readonly synchronous: boolean;
    /** From here on nothing goes wrong any more. */
    readonly horizonMs: number;
  };
  readonly store: {
    /** Puts a call on record as it is sent. */
    file(key: DedupKey, call: Call): void;
    /** Lets a call take effect. */
    take(key: DedupKey, call: Call): void;
  };
  later(to: SimulatedProcess | undefined, delayMs: number, act: () => void): unknown;
  note(what: () => string): void;
}

const LATENCIES_MS = [0, 0, 0, 1, 5, 20, 200, 1_000];
/** The engine waits for 5 s, a lease lasts for up to 90 s. */
const SLOW_MS = [4_999, 5_000, 5_001, 12_000, 46_000, 95_000];

const FATES = {
  "refused calls": "refused",
  "lost requests": "request lost",
  "lost answers": "answer lost",
  "failures after the effect": "failed after the effect",
  "slow calls": "slow",
} as const;

type Fate = (typeof FATES)[keyof typeof FATES];

/** The connection of one process to the store that all of them share. What it does to a call is drawn for each. */
export class Link implements LeaseStore {
  readonly kind = "lease";
  readonly #world: Network;
  readonly #process: SimulatedProcess;
  readonly #fates: readonly Fate[];

  constructor(world: Network, process: SimulatedProcess) {
    this.#world = world;
    this.#process = process;
    const { troubles } = world.scenario;
    this.#fates = Object.entries(FATES).flatMap(([trouble, fate]) => (troubles.has(trouble) ? [fate] : []));
  }

  claim(key: DedupKey, owner: string, leaseMs: number): Claim | Promise<Claim> {
    return this.#call(key, { do: "claim", owner, leaseMs }) as Claim | Promise<Claim>;
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Settlement | Promise<Settlement> {
    return this.#call(key, { do: "renew", holder, leaseMs }) as Settlement | Promise<Settlement>;
  }

  complete(key: DedupKey, holder: Holder): Settlement | Promise<Settlement> {
    return this.#call(key, { do: "complete", holder }) as Settlement | Promise<Settlement>;
  }

  release(key: DedupKey, holder: Holder): Settlement | Promise<Settlement> {
    return this.#call(key, { do: "release", holder }) as Settlement | Promise<Settlement>;
  }

  forget(key: DedupKey): Forgetting | Promise<Forgetting> {
    return this.#call(key, { do: "forget" }) as Forgetting | Promise<Forgetting>;
  }

  #call(key: DedupKey, command: Command): Reply | Promise<Reply> {
    const world = this.#world;
    const fate = this.#fate();
    const call: Call = { command, sentMs: world.nowMs, fault: fate };
    world.store.file(key, call);
    if (world.scenario.synchronous) {
      if (fate === undefined || fate === "failed after the effect") world.store.take(key, call);
      if (fate === undefined) {
        call.answeredMs = world.nowMs;
        return call.reply as Reply;
      }
      call.failedMs = world.nowMs;
      throw new Error(`the store: ${fate}`);
    }
    return new Promise((resolve, reject) => this.#send(key, call, fate, resolve, reject));
  }

  #send(
    key: DedupKey,
    call: Call,
    fate: Fate | undefined,
    resolve: (reply: Reply) => void,
    reject: (error: Error) => void,
  ): void {
    const world = this.#world;
    const { random } = world;
    if (fate !== undefined) world.note(() => `  ${tell(call.command)}: ${fate}`);
    const answer = (error?: string): void => {
      world.later(this.#process, random.pick(LATENCIES_MS), () => {
        if (error === undefined) {
          call.answeredMs = world.nowMs;
          resolve(call.reply as Reply);
        } else {
          call.failedMs = world.nowMs;
          world.note(() => `  ${tell(call.command)} fails`);
          reject(new Error(`the store: ${error}`));
        }
      });
    };
    if (fate === "request lost") return;
    if (fate === "refused") {
      answer(fate);
      return;
    }
    // A slow call is held up on its way there or on its way back.
    const slowAtFirst = fate === "slow" && random.chance(0.5);
    world.later(undefined, random.pick(slowAtFirst ? SLOW_MS : LATENCIES_MS), () => {
      world.store.take(key, call);
      if (fate === "answer lost") return;
      if (fate === "slow" && !slowAtFirst) world.later(undefined, random.pick(SLOW_MS), () => answer());
      else answer(fate === "failed after the effect" ? fate : undefined);
    });
  }

  #fate(): Fate | undefined {
    const { nowMs, scenario, random } = this.#world;
    if (nowMs >= scenario.horizonMs) return undefined;
    const outage = this.#process.outages.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
    if (outage !== undefined) return outage.hangs ? "request lost" : "refused";
    return this.#fates.length > 0 && random.chance(scenario.faultRate) ? random.pick(this.#fates) : undefined;
  }
}
