import type { MaybePromise } from "@mintfax-webhooks/core/store";
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
    this.#name = name;
    this.#open = open;
  }

  add(properties: readonly Property<Opened>[]): void {
    for (const { name, retentionMs, holds } of properties) {
      const options: OpenOptions = retentionMs === undefined ? {} : { retentionMs };
      this.addCase(name, () => using(() => this.#open(options), holds));
    }
  }

  addCase(name: string, run: () => Promise<void>): void {
    this.#cases.push({ name: `${this.#name}: ${name}`, run });
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
export async function using<Opened extends Openable>(
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
