import {
  DEFAULT_PATH,
  type LeaseStore,
  type ReceiverOptions,
  type TransactionalStore,
} from "@mintfax-webhooks/core";
import { LANES as MALFORMED_LANES } from "../../hostile/setting.ts";
import { claimDown, commitDown, commitTakenOver, completeDown, takenOver, transactions } from "./stores.ts";

/** How a receiver is put into the server under test. */
export type Mount =
  /** `app.use(mintfaxWebhooks({ path }))` on the app itself. */
  | "middleware"
  /** `app.post(path, webhooks.handler)`. */
  | "route"
  /** `app.use(mintfaxWebhooks())` on a router, an app or whatever the framework has for it, below `/below`. */
  | "below a prefix"
  /** As middleware, but behind what people use to parse JSON in this framework. */
  | "behind a parser";

/** Where receivers are mounted that are to find their path below a prefix. */
export const PREFIX = "/below";

interface LaneSetup {
  readonly mount?: Exclude<Mount, "middleware">;
  readonly options?: Omit<ReceiverOptions, "store">;
  readonly store?: () => LeaseStore | TransactionalStore<unknown>;
}

/** The receivers of the server under test, each on a path of its own. */
export const LANES: Readonly<Record<string, LaneSetup>> = {
  ...Object.fromEntries(
    Object.values(MALFORMED_LANES).map(({ path, limits }) => [path, { options: limits }]),
  ),
  "/impatient": { options: { deadlineMs: 50 } },
  "/no-secret": {
    options: {
      secret: () => {
        throw new Error("the vault is sealed");
      },
    },
  },
  "/claim-down": { store: claimDown },
  "/complete-down": { store: completeDown },
  "/taken-over": { store: takenOver },
  "/transactions": { store: transactions },
  "/commit-down": { store: commitDown },
  "/commit-taken-over": { store: commitTakenOver },
  "/route": { mount: "route" },
  [PREFIX + DEFAULT_PATH]: { mount: "below a prefix" },
  "/parsed": { mount: "behind a parser" },
};
