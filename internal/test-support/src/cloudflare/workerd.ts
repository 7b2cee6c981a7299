import { join } from "node:path";
import { Miniflare, type MiniflareOptions, type Request, Response, type WorkerOptions } from "miniflare";
import { bundleWorker, FROM_SOURCE } from "../worker-bundle.ts";
import type { Command, Reply } from "./worker/main.ts";

/** How many Workers receive deliveries, each in an isolate of its own. */
const RECEIVERS = 4;

/** One run of a receiver's handler. */
export interface Run {
  readonly id: string;
  readonly fence: number;
  readonly isolate: number;
}

const SHARED = {
  modules: true,
  compatibilityDate: "2026-07-01",
  d1Databases: { DB: "db", EMPTY_DB: "empty" },
  bindings: { MINTFAX_WEBHOOK_SECRET: "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5" },
} as const;

/** The test Workers, in workerd. */
export class Workerd {
  readonly #miniflare: Miniflare;
  /** Called when a handler runs; the handler ends when it resolves. */
  onRun: (run: Run) => Promise<void> | void = () => {};
  /** Called when a quarter of the copies have been answered. */
  onQuarterAnswered: () => void = () => {};

  /** @param folder where Durable Objects and databases are kept; without one they are gone with workerd */
  static async start(folder?: string): Promise<Workerd> {
    const bundle = async (name: string): Promise<string> =>
      (await bundleWorker({ ...FROM_SOURCE, entryPoints: [join(import.meta.dirname, "worker", name)] })).code;
    const workerd = new Workerd(await bundle("main.ts"), await bundle("receiver.ts"), folder);
    await workerd.#miniflare.ready;
    return workerd;
  }

  private constructor(main: string, receiver: string, folder: string | undefined) {
    const LEDGER = async (request: Request): Promise<Response> => {
      if (request.method === "POST") await this.onRun((await request.json()) as Run);
      else this.onQuarterAnswered();
      return new Response(null, { status: 204 });
    };
    const receivers = Array.from({ length: RECEIVERS }, (_, i): WorkerOptions => {
      return {
        ...SHARED,
        name: `receiver-${i}`,
        script: receiver,
        durableObjects: {
          MINTFAX_DEDUP: { className: "TestDedup", scriptName: "main", useSQLite: true },
          BROKEN: { className: "BrokenDedup", scriptName: "main", useSQLite: true },
        },
        bindings: { ...SHARED.bindings, ISOLATE: i },
        serviceBindings: { LEDGER },
      };
    });
    const options: MiniflareOptions = {
      ...(folder !== undefined && {
        defaultPersistRoot: folder,
        durableObjectsPersist: true,
        d1Persist: true,
      }),
      workers: [
        {
          ...SHARED,
          name: "main",
          script: main,
          durableObjects: {
            MINTFAX_DEDUP: { className: "TestDedup", useSQLite: true },
            BROKEN: { className: "BrokenDedup", useSQLite: true },
            NO_SQLITE: { className: "NoSqliteDedup", useSQLite: false },
            OTHER_CLASS: { className: "OtherClass", useSQLite: true },
            SILENT: { className: "SilentDedup", useSQLite: true },
          },
          serviceBindings: {
            LEDGER,
            ...Object.fromEntries(receivers.map(({ name }, i) => [`RECEIVER_${i}`, name ?? ""])),
          },
        },
        ...receivers,
      ],
    };
    this.#miniflare = new Miniflare(options);
  }

  async do(command: Command): Promise<unknown> {
    const response = await this.#miniflare.dispatchFetch("http://main/", {
      method: "POST",
      body: JSON.stringify(command),
    });
    const reply = (await response.json()) as Reply;
    if ("error" in reply) throw new Error(reply.error);
    return reply.answer;
  }

  stop(): Promise<void> {
    return this.#miniflare.dispose();
  }
}
