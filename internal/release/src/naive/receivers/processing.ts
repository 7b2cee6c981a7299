/**
 * When an id is marked as known: as begun before the work and as done or failed after it, in another order, or not at all.
 */
export type Dedup = "claimed" | "before the work" | "after the work" | "none";

/** Between an event's arrival and its work, and between two tries. */
const QUEUE_MS = 50;

/** The handler of a receiver under test, and how it deduplicates. It does what the docs of `runsUrl` ask for. */
export class Processing {
  readonly #dedup: Dedup;
  readonly #busyWith: number;
  readonly #runs = new Map<string, number>();
  readonly #known = new Map<string, "begun" | "done">();

  /** @param busyWith the status for a copy of an event that is at work */
  constructor(dedup: Dedup, busyWith: number = 409) {
    this.#dedup = dedup;
    this.#busyWith = busyWith;
  }

  /** How often the handler was started for an event. */
  runs(id: string): number {
    return this.#runs.get(id) ?? 0;
  }

  /**
   * @param key of the event, for the deduplication
   * @returns the status to answer with. Never rejects.
   */
  async process(id: string, event: unknown, key: string = id): Promise<number> {
    const state = this.#known.get(key);
    if (this.#dedup !== "none" && state === "done") return 200;
    if (this.#dedup === "claimed" && state === "begun") return this.#busyWith;
    if (this.#dedup === "claimed") this.#known.set(key, "begun");
    if (this.#dedup === "before the work") this.#known.set(key, "done");
    try {
      await this.#work(id, orderOf(event));
    } catch {
      if (this.#dedup === "claimed") this.#known.delete(key);
      return 500;
    }
    this.#known.set(key, "done");
    return 200;
  }

  /** Takes the event into a queue, which tries the work until it succeeds. Never throws. */
  enqueue(id: string, event: unknown): void {
    if (this.#known.has(id)) return;
    this.#known.set(id, "done");
    const tryWork = (): void => {
      this.#work(id, orderOf(event)).catch(() => setTimeout(tryWork, QUEUE_MS));
    };
    setTimeout(tryWork, QUEUE_MS);
  }

  async #work(id: string, order: string): Promise<void> {
    const run = this.runs(id) + 1;
    this.#runs.set(id, run);
    if (order.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (order.includes("fail once") && run === 1) throw new Error("as asked");
  }
}

interface Event {
  readonly data?: { readonly object?: { readonly tags?: { readonly certify?: unknown } } };
}

function orderOf(event: unknown): string {
  return String((event as Event | null)?.data?.object?.tags?.certify);
}
