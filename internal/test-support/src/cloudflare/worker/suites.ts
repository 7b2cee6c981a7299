import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import { leaseStoreSuite, type StoreSuite } from "@mintfax-webhooks/testing/store-suite";
import type { Env } from "./env.ts";
import { OwnObjects } from "./own-objects.ts";
import { SILENT_DATABASE } from "./silent-database.ts";
import { PATIENT, type SoundStoreName } from "./stores.ts";

/** The shared suite for each of the two stores. A case uses the bindings only when it is run. */
export const SUITES: Readonly<Record<SoundStoreName, (env: Env) => StoreSuite>> = {
  "Durable Object": (env) =>
    leaseStoreSuite({
      name: "Durable Object",
      open(options) {
        const objects = new OwnObjects(env.MINTFAX_DEDUP);
        return {
          store: createDurableObjectStore({ binding: objects, ...PATIENT, ...options }),
          objects,
          close() {},
        };
      },
      elapse: (ms, { objects }) => Promise.all(objects.used().map((object) => object.elapse(ms))),
      wipe: ({ objects }) => objects.replace(),
      unavailable: {
        "an object that cannot start": () => ({
          store: createDurableObjectStore({ binding: env.BROKEN }),
          close() {},
        }),
        "an object that does not answer": () => ({
          store: createDurableObjectStore({ binding: env.SILENT }),
          close() {},
        }),
      },
    }),

  D1: (env) =>
    leaseStoreSuite({
      name: "D1",
      async open(options) {
        const store = createD1Store({ database: env.DB, ...PATIENT, ...options });
        await store.migrate();
        await env.DB.exec("DELETE FROM mintfax_dedup");
        return { store, close() {} };
      },
      elapse: (ms) =>
        env.DB.prepare(
          "UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ?1, expires_ms = expires_ms - ?1",
        )
          .bind(ms)
          .run(),
      wipe: () => env.DB.exec("DELETE FROM mintfax_dedup"),
      unavailable: {
        "a database without the table": () => ({
          store: createD1Store({ database: env.EMPTY_DB }),
          close() {},
        }),
        "a database that does not answer": () => ({
          store: createD1Store({ database: SILENT_DATABASE }),
          close() {},
        }),
      },
    }),
};
