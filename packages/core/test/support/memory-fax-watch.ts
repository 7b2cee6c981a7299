import {
  checkOptions,
  type FaxWatch,
  type FaxWatchDatabase,
  type FaxWatchStatus,
  faxWatchOn,
  namespaceFrom,
  type OutstandingFax,
  retentionFrom,
  StoreMisconfiguredError,
} from "@mintfax-webhooks/core/store";

/** Rows of a fax watch in memory, by namespace and fax. */
export type MemoryFaxTable = Map<string, MemoryFax>;

interface MemoryFax {
  readonly namespace: string;
  readonly id: string;
  readonly since: Date;
  readonly by?: Date;
  /** When its final event came. */
  readonly settled?: Date;
}

/** A fax watch in memory, as the author of a store makes one. It keeps what it is told for good. */
export function createMemoryFaxWatch(options: {
  readonly table: MemoryFaxTable;
  readonly namespace?: string;
  readonly retentionMs?: number;
}): FaxWatch {
  checkOptions(options, ["table", "namespace", "retentionMs"], "createFaxWatch");
  if (!(options.table instanceof Map)) throw new TypeError("table is not a Map");
  retentionFrom(options.retentionMs ?? 86_400_000);
  return faxWatchOn(new MemoryFaxWatchDatabase(options.table, namespaceFrom(options.namespace)));
}

/** The database of {@link createMemoryFaxWatch}. */
export class MemoryFaxWatchDatabase implements FaxWatchDatabase {
  readonly namespace: string;
  readonly #table: MemoryFaxTable;

  constructor(table: MemoryFaxTable, namespace: string) {
    this.#table = table;
    this.namespace = namespace;
  }

  async expect(id: string, by: Date, tx: unknown): Promise<void> {
    refuse(tx);
    const name = this.#nameOf(id);
    if (this.#table.has(name)) return;
    this.#table.set(name, { namespace: this.namespace, id, since: new Date(), by });
  }

  async end(id: string, state: "settled" | "dismissed", tx: unknown): Promise<void> {
    refuse(tx);
    const now = new Date();
    const ended = { namespace: this.namespace, id, since: now };
    this.#table.set(this.#nameOf(id), state === "settled" ? { ...ended, settled: now } : ended);
  }

  async page(
    limit: number,
    olderThan: Date = new Date(),
    after?: OutstandingFax,
  ): Promise<readonly OutstandingFax[]> {
    const owing = this.#expected().filter(({ by }) => by < olderThan);
    return owing.filter((fax) => after === undefined || compare(fax, after) > 0).slice(0, limit);
  }

  async status(): Promise<FaxWatchStatus> {
    const nowMs = Date.now();
    const expected = this.#expected();
    const owed = expected.filter(({ by }) => by.getTime() < nowMs);
    const settledMs = this.#own().flatMap(({ settled }) => settled?.getTime() ?? []);
    return {
      expected: expected.length,
      owed: owed.length,
      oldestOwedSeconds: (nowMs - (owed[0]?.by.getTime() ?? nowMs)) / 1000,
      sinceLastEventSeconds: settledMs.length === 0 ? undefined : (nowMs - Math.max(...settledMs)) / 1000,
    };
  }

  #expected(): readonly OutstandingFax[] {
    const expected = this.#own().flatMap(({ id, since, by }) =>
      by === undefined ? [] : [{ id, since, by }],
    );
    return expected.sort(compare);
  }

  #own(): readonly MemoryFax[] {
    return [...this.#table.values()].filter(({ namespace }) => namespace === this.namespace);
  }

  #nameOf(id: string): string {
    return `${this.namespace}\0${id}`;
  }
}

/** By `by`, then by id. */
function compare(a: OutstandingFax, b: OutstandingFax): number {
  const byMs = a.by.getTime() - b.by.getTime();
  if (byMs !== 0) return byMs;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function refuse(tx: unknown): void {
  if (tx !== undefined)
    throw new StoreMisconfiguredError("The fax watch in memory takes no transaction as `tx`.");
}
