import type { LeaseStore, ReceiverOptions, TransactionalStore } from "@mintfax-webhooks/core";
import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import { LANES as MALFORMED_LANES } from "../../hostile/setting.ts";
import { claimDown, commitDown, commitTakenOver, completeDown, takenOver, transactions } from "./stores.ts";

/** How a receiver is put into the server under test. */
export interface Mount {
  /** The prefixes of the routers or apps around it, from the outermost. */
  readonly below: readonly string[];
  readonly by: MountCall;
  /** The path that the call is given. `use` is given none; a receiver below prefixes then finds its own default path. */
  readonly at: string;
}

/** How a framework is called to mount the receiver. */
export type MountCall =
  /** `app.use(mintfaxWebhooks())`; on the app itself with the lane's path among the options. */
  | "use"
  /** `app.use(at, mintfaxWebhooks())`, for this path. */
  | "use at"
  /** The same for all paths that begin with it: `app.use("/webhooks/*", mintfaxWebhooks())` in Hono. */
  | "use below"
  /** `app.post(at, mintfaxWebhooks())`. */
  | "route"
  /** `app.post(at, mintfaxWebhooks().handler)`. */
  | "handler"
  /** As `use`, but behind what people use to parse JSON in this framework. */
  | "use behind a parser";

interface LaneSetup {
  /** Default: `use` on the app itself. */
  readonly mount?: Mount;
  readonly options?: Omit<ReceiverOptions, "store">;
  readonly store?: () => LeaseStore | TransactionalStore<unknown>;
}

export const ON_THE_APP: Mount = { below: [], by: "use", at: "" };

/** Every way to mount a receiver, by the path at which it is then reached. */
export const MOUNTS: Readonly<Record<string, Mount>> = {
  "/used": { below: [], by: "use at", at: "/used" },
  [`/subtree${DEFAULT_PATH}`]: { below: [], by: "use below", at: "/subtree" },
  "/routed": { below: [], by: "route", at: "/routed" },
  "/handled": { below: [], by: "handler", at: "/handled" },
  [`/below${DEFAULT_PATH}`]: { below: ["/below"], by: "use", at: "" },
  "/below/used": { below: ["/below"], by: "use at", at: "/used" },
  [`/below/subtree${DEFAULT_PATH}`]: { below: ["/below"], by: "use below", at: "/subtree" },
  "/below/routed": { below: ["/below"], by: "route", at: "/routed" },
  "/below/handled": { below: ["/below"], by: "handler", at: "/handled" },
  [`/v1/api${DEFAULT_PATH}`]: { below: ["/v1", "/api"], by: "use", at: "" },
  "/v1/api/used": { below: ["/v1", "/api"], by: "use at", at: "/used" },
  "/v1/api/routed": { below: ["/v1", "/api"], by: "route", at: "/routed" },
  "/v1/api/handled": { below: ["/v1", "/api"], by: "handler", at: "/handled" },
  // The same path is said to the framework and is the receiver's default.
  [`/said-twice${DEFAULT_PATH}`]: { below: ["/said-twice"], by: "use at", at: DEFAULT_PATH },
  [`/said-twice/routed${DEFAULT_PATH}`]: { below: ["/said-twice/routed"], by: "route", at: DEFAULT_PATH },
  [`/said-half${DEFAULT_PATH}`]: { below: ["/said-half"], by: "use below", at: "/webhooks" },
};

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
  "/parsed": { mount: { below: [], by: "use behind a parser", at: "" } },
  ...Object.fromEntries(Object.entries(MOUNTS).map(([path, mount]) => [path, { mount }])),
};
