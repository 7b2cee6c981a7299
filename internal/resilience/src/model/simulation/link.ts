import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import type { Claim, DedupKey, Holder, Settlement } from "@mintfax-webhooks/core/store";
import { type Command, type Reply, tell } from "../machine/command.ts";
import type { Call } from "./call.ts";
import { Connection, type Network } from "./connection.ts";
import type { SimulatedProcess } from "./process.ts";

/** A world with a store. */
interface Surroundings extends Network {
  readonly scenario: Network["scenario"] & {
    /** The store answers without a promise, as the memory store does. */
    readonly synchronous: boolean;
  };
}

/** What the calls of all links arrive at. */
interface OtherEnd {
  /** Puts a call on record as it is sent. */
  file(call: Call): void;
  /** Lets a call take effect. */
  take(key: DedupKey, call: Call): void;
}

/** The store, as one process reaches it. */
export class Link implements LeaseStore {
  readonly kind = "lease";
  readonly #world: Surroundings;
  readonly #store: OtherEnd;
  readonly #connection: Connection;

  constructor(world: Surroundings, store: OtherEnd, process: SimulatedProcess) {
    this.#world = world;
    this.#store = store;
    this.#connection = new Connection(world, process);
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

  inspect(): never {
    throw new Error("a receiver does not inspect");
  }

  #call(key: DedupKey, command: Command): Reply | Promise<Reply> {
    const world = this.#world;
    const fate = this.#connection.drawFate();
    const call: Call = { command, sentMs: world.nowMs, fault: fate };
    this.#store.file(call);
    if (world.scenario.synchronous) {
      if (fate === undefined || fate === "failed after the effect") this.#store.take(key, call);
      if (fate === undefined) {
        call.answeredMs = world.nowMs;
        return call.reply as Reply;
      }
      call.failedMs = world.nowMs;
      throw new Error(`the store: ${fate}`);
    }
    return new Promise((resolve, reject) => {
      this.#connection.send(fate, {
        words: () => tell(command),
        take: () => this.#store.take(key, call),
        answered() {
          call.answeredMs = world.nowMs;
          resolve(call.reply as Reply);
        },
        failed(error) {
          call.failedMs = world.nowMs;
          reject(error);
        },
      });
    });
  }
}
