import type { OutcomeRecord, ReceiverOptions, Webhooks } from "@mintfax-webhooks/core";
import type { MaybePromise } from "@mintfax-webhooks/core/store";
import { NEXT_SECRET, NOW_SECONDS, SECRET } from "../../hostile/setting.ts";
import { type Gates, handlerOf } from "./handlers.ts";
import { Journal, settled } from "./journal.ts";
import { LANES, MOUNTS, type Mount, ON_THE_APP } from "./lanes.ts";

/** What the suite needs of a receiver, on any framework. */
type Receiving = Pick<Webhooks, "on" | "drain" | "forget">;

/** One receiver to be set up and mounted. */
export interface Lane {
  /** Where it is to be reached, from the root of the server. */
  readonly path: string;
  readonly mount: Mount;
  /** For the maker under test. It has a path where the framework is told of none. */
  // biome-ignore lint/suspicious/noExplicitAny: every framework has a platform of its own, and the suite uses none of it
  readonly options: ReceiverOptions<any, unknown> & { readonly path?: string };
  /** To be called once it is there. */
  readonly ready: (webhooks: Receiving) => void;
}

/** What a server under test is made of, in Node and in any other runtime. */
export interface SuiteApp {
  readonly lanes: readonly Lane[];
  /**
   * Answers the suite's own questions, as JSON; undefined for a path that is not about them. They are GET requests to
   * ordinary routes of the app, behind the receivers.
   */
  control(url: string): MaybePromise<unknown>;
  /** Lets the clock go on, and gives standard error back. */
  close(): void;
}

/** A receiver's word about a delivery that nothing has taken. */
const MISS = "mintfax-webhooks: a delivery to ";

/**
 * Stops the clock, for the receivers' sake, and makes what a server under test mounts. It also needs a route
 * `POST /echo` that answers with the JSON it is sent, and 404 for all other requests.
 */
export function createSuiteApp(): SuiteApp {
  const journal = new Journal();
  const gates: Gates = new Set();
  const receivers = new Map<string, Receiving>();
  const { now } = Date;
  Date.now = () => NOW_SECONDS * 1000;
  const { error } = console;
  console.error = (...words: unknown[]) => {
    if (String(words[0]).startsWith(MISS)) journal.add(`missed ${words[0]}`);
    else error(...words);
  };

  // Where there is an event for it. Under Node, the process of the server fails by itself.
  globalThis.addEventListener?.("unhandledrejection", ({ reason }: { readonly reason?: unknown }) =>
    journal.add(`unhandled ${reason}`),
  );

  const lanes = Object.entries(LANES).map(([path, { mount = ON_THE_APP, options, store }]): Lane => {
    const note = (kind: string) => (record: Pick<OutcomeRecord, "outcome" | "code" | "id">) =>
      journal.add(`${kind} ${record.code ?? record.outcome} ${record.id ?? path}`);
    return {
      path,
      mount,
      options: {
        // Asked for after the headers and before the body, which tells when a delivery has got that far.
        secret: ({ header }) => {
          journal.add(`arrived ${header("webhook-id")}`);
          return [NEXT_SECRET, SECRET];
        },
        ...options,
        ...(!(path in MOUNTS) && { path }),
        ...(store && { store: store() }),
        onOutcome: note("outcome"),
        onLateOutcome: note("late"),
      },
      ready: (webhooks) => {
        webhooks.on("fax.delivered", handlerOf(journal, gates));
        receivers.set(path, webhooks);
      },
    };
  });

  const commands: Readonly<Record<string, (argument: string, times: number) => MaybePromise<unknown>>> = {
    journal: () => journal.lines,
    count: (start) => journal.count(start),
    wait: (start, times) => journal.has(start, times),
    open: (id) => gates.add(id).size,
    forget: (id) => receivers.get("/webhooks/mintfax")?.forget(id),
    runtime: () => navigator.userAgent,
    drain: async (path) => {
      const drained = receivers.get(path)?.drain() ?? Promise.resolve();
      journal.add(`draining ${path}`);
      await settled(drained);
      journal.add(`drained ${path}`);
    },
  };

  return {
    lanes,
    control: (url) => {
      const { pathname, searchParams } = new URL(url, "http://localhost");
      const command = commands[pathname.slice("/control/".length)];
      if (!pathname.startsWith("/control/") || command === undefined) return undefined;
      return Promise.resolve(
        command(searchParams.get("for") ?? "", Number(searchParams.get("times") ?? 1)),
      ).then((answer) => answer ?? null);
    },
    close: () => {
      Date.now = now;
      console.error = error;
    },
  };
}
