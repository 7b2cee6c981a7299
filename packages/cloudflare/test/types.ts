/** Checked by the compiler alone. */

import type { DurableObject } from "cloudflare:workers";
import type { D1Database, DurableObjectNamespace } from "@cloudflare/workers-types";
import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import type { MintfaxDedup } from "@mintfax-webhooks/cloudflare/durable-object";
import { createFetchHandler, type LeaseStore } from "@mintfax-webhooks/core";

declare const objects: DurableObjectNamespace<MintfaxDedup>;
declare const others: DurableObjectNamespace<DurableObject & { count(): number }>;
declare const untyped: DurableObjectNamespace;
declare const database: D1Database;

// Cloudflare's own types fit.
createDurableObjectStore({ binding: objects }) satisfies LeaseStore;
createDurableObjectStore({ binding: objects.jurisdiction("eu") });
createD1Store({ database }) satisfies LeaseStore;
createD1Store({ database: database.withSession("first-primary") });
createFetchHandler({ store: createDurableObjectStore({ binding: objects }) });

// @ts-expect-error the binding of another class
createDurableObjectStore({ binding: others });
// @ts-expect-error a binding that does not say of which class it is
createDurableObjectStore({ binding: untyped });
// @ts-expect-error a database is not a namespace
createDurableObjectStore({ binding: database });
// @ts-expect-error a store without its database
createD1Store({});
// @ts-expect-error the class has no settings, and the store no other ones
createDurableObjectStore({ binding: objects, leaseMs: 45_000 });
