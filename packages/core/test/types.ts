/** Checked by the compiler alone: what must compile does, and every `@ts-expect-error` line must not. */
import {
  createFetchHandler,
  createMemoryStore,
  type EventOf,
  isKnownEvent,
  isTerminal,
  type MintfaxEvent,
  type TransactionalStore,
  type UnknownEvent,
} from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_T extends true>(): void => {};

interface Sql {
  query(text: string): Promise<void>;
}
declare const sql: TransactionalStore<Sql>;
declare const event: MintfaxEvent;
declare const anyEvent: MintfaxEvent | UnknownEvent;

// A union that `type` tells apart.
if (event.type === "fax.delivered") {
  is<Equal<typeof event.data.object.status, "delivered">>();
  is<Equal<typeof event.data.object.error_code, null>>();
  is<Equal<typeof event.data.object.completed_at, string>>();
}
if (event.type === "balance.low") event.data.object.available satisfies number;
// @ts-expect-error no such type
if (event.type === "fax.received") throw new Error();
// @ts-expect-error not every event is about a fax
event.data.object.pages;

// An event of a type that may be unknown.
anyEvent.type satisfies string;
if (isKnownEvent(anyEvent) && anyEvent.type === "fax.failed") {
  is<Equal<typeof anyEvent, EventOf<"fax.failed">>>();
  anyEvent.data.object.error_code satisfies string;
}
// @ts-expect-error nothing is known of what an unknown event carries
anyEvent.data.object.id;
if (isTerminal(anyEvent)) anyEvent.data.object.completed_at satisfies string;

const webhooks = createReceiver({ store: createMemoryStore() });
webhooks.on("fax.delivered", ({ data: { object: fax } }, { signal, fence, id }) => {
  fax.pages satisfies number | null;
  is<Equal<typeof fax.tags.order, string | undefined>>();
  signal.aborted satisfies boolean;
  fence satisfies number;
  id satisfies string;
  // @ts-expect-error no such field
  fax.page_count;
  // @ts-expect-error a delivered fax has no error
  fax.error_code.length;
  // @ts-expect-error the envelope is read-only
  fax.pages = 1;
});
webhooks.on("fax.failed", ({ data: { object: fax } }) => {
  // A known code, or any other string.
  if (fax.error_code === "no_route" || fax.error_code === "invented_tomorrow") return;
  fax.error_code.toLowerCase();
});
webhooks.on("fax.*", ({ type: name, data: { object: fax } }) => {
  fax.id satisfies string;
  name satisfies string;
});
webhooks.on("balance.topup", ({ data: { object: balance } }) => {
  // @ts-expect-error a balance has no pages
  balance.pages;
});
// @ts-expect-error there is no such event
webhooks.on("fax.received", () => {});
// @ts-expect-error nor such a group
webhooks.on("account.*", () => {});

// `tx` is there exactly where the store runs handlers in its transaction.
createReceiver({ store: sql }).on("fax.failed", (_, { tx }) => tx.query("..."));
// @ts-expect-error a lease store has no transaction
webhooks.on("balance.low", (_, { tx }) => tx);
// @ts-expect-error nor has the default store
createReceiver().on("balance.low", (_, { tx }) => tx);

createFetchHandler({
  secret: async ({ header, platform }) => {
    platform satisfies Request;
    return `whsec_${header("x-tenant")}`;
  },
}).on("*", ({ type: name }, { platform }) => {
  platform satisfies Request;
  name satisfies string;
});
// @ts-expect-error no such option
createReceiver({ secrets: [] });

// Every order of a platform's arguments fits a fetch handler.
const handler = createFetchHandler();
handler satisfies (request: Request) => Promise<Response>;
handler satisfies (
  request: Request,
  context: { waitUntil(promise: Promise<unknown>): void },
) => Promise<Response>;
handler satisfies (
  request: Request,
  env: { KEY: string },
  ctx: { waitUntil(p: Promise<unknown>): void },
) => unknown;
// @ts-expect-error an event is not a request
handler({ request: new Request("https://clinic.example/") });

declare function serve(options: { fetch(request: Request): Response | Promise<Response> }): void;
serve({ fetch: handler });
// @ts-expect-error the parentheses are missing
serve({ fetch: createFetchHandler });
declare function use(middleware: (req: { path: string }, res: object, next: () => void) => unknown): void;
// @ts-expect-error here too
use(createFetchHandler);
