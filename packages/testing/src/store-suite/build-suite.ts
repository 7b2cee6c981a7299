import type { MaybePromise } from "@mintfax-webhooks/core/store";
import { wrongKind } from "../given.ts";
import { checkFails } from "./check.ts";
import { REFUSED_RETENTIONS_MS, RETENTION_FLOOR_MS } from "./retention.ts";
import type { OpenOptions, StoreCase, StoreSuite } from "./suite.ts";

/** A property that a store must have. */
export interface Property<Opened> {
  readonly name: string;
  readonly retentionMs?: number;
  readonly holds: (opened: Opened) => Promise<void>;
}

interface Openable {
  close(): MaybePromise<unknown>;
}

/** Collects cases that open a store, look at one property and close it. */
export class SuiteBuilder<Opened extends Openable> {
  readonly #name: string;
  readonly #open: (options: OpenOptions) => MaybePromise<Opened>;
  readonly #cases: StoreCase[] = [];
  readonly #skipped: string[] = [];

  constructor(name: string, open: (options: OpenOptions) => MaybePromise<Opened>) {
    if (typeof name !== "string" || typeof open !== "function") {
      throw wrongKind(
        typeof name === "string" ? open : name,
        "options with a `name` and a function `open`",
        "`open` returns { store, close() }.",
      );
    }
    this.#name = name;
    this.#open = open;
  }

  add(properties: readonly Property<Opened>[]): void {
    for (const { name, retentionMs, holds } of properties) {
      const options: OpenOptions = retentionMs === undefined ? {} : { retentionMs };
      this.#addCase(name, () => using(() => this.#open(options), holds));
    }
  }

  #addCase(name: string, run: () => Promise<void>): void {
    this.#cases.push({ name: `${this.#name}: ${name}`, run });
  }

  /** @param holds of a store with the shortest retention */
  addRetentionBounds(holds: (opened: Opened) => Promise<void>): void {
    this.add([{ name: "a retention of one hour is accepted", retentionMs: RETENTION_FLOOR_MS, holds }]);
    for (const retentionMs of REFUSED_RETENTIONS_MS) {
      this.#addCase(`a retention of ${retentionMs} ms is refused`, () =>
        checkFails("opening it", () =>
          using(
            () => this.#open({ retentionMs }),
            async () => {},
          ),
        ),
      );
    }
  }

  /** @param stores by what makes them unreachable */
  addUnavailable<Unavailable extends Openable>(
    name: string,
    stores: Readonly<Record<string, () => MaybePromise<Unavailable>>> | undefined,
    holds: (opened: Unavailable) => Promise<void>,
  ): void {
    if (stores === undefined) this.leaveOut(name, "no `unavailable`");
    for (const [how, open] of Object.entries(stores ?? {})) {
      this.#addCase(`${how}: ${name}`, () => using(open, holds));
    }
  }

  /** @param why the option that is missing, or that rules the case out */
  leaveOut(name: string, why: string): void {
    this.#skipped.push(`${this.#name}: ${name} (${why})`);
  }

  suite(): StoreSuite {
    return { cases: this.#cases, skipped: this.#skipped };
  }
}

/** Opens a store, and closes it also after an error. */
async function using<Opened extends Openable>(
  open: () => MaybePromise<Opened>,
  act: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await open();
  try {
    await act(opened);
  } finally {
    await opened.close();
  }
}
