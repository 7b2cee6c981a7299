import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { onTestFinished } from "vitest";
import { hold, LEASE_MS, OWNER } from "./claims-suite.ts";
import { printed, type Scene, words } from "./scene.ts";
import type { Shown } from "./shown.ts";
import { cliAtTerminal } from "./terminal.ts";

interface HeldClaim {
  readonly id: string;
  readonly heldMinutes: number;
  readonly owner?: string;
  readonly leaseMs?: number;
}

/** A database in which these claims are held. Returns the variable that names it. */
async function holding(...claims: readonly HeldClaim[]): Promise<{ readonly MINTFAX_STORE_URL: string }> {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url }).on("error", () => {});
  onTestFinished(async () => {
    await pool.end();
    await server.stop();
  });
  const store = createPostgresStore({ pool });
  await store.migrate();
  for (const { id, heldMinutes, owner = OWNER, leaseMs = LEASE_MS } of claims) {
    await hold(store, { namespace: "mintfax", id }, owner, leaseMs);
    // A fence is the time of the claim in microseconds, by the database's clock.
    const age = "UPDATE mintfax_webhooks SET fence = fence - $2::bigint * 60000000 WHERE id = $1";
    await pool.query(age, [id, heldMinutes]);
  }
  return { MINTFAX_STORE_URL: server.url };
}

const argumentOf = (shown: Shown): string => words(shown)[1] ?? "";

export const askingStatus: Scene = async (shown) =>
  printed(words(shown), { env: await holding({ id: argumentOf(shown), heldMinutes: 18 }) });

/** One claim that is renewed, and one whose process died. */
export const listingPending: Scene = async (shown) => {
  const [renewed = "", left = ""] = shown.output.match(/\bevt_\w+/g) ?? [];
  const env = await holding(
    { id: renewed, heldMinutes: 18 },
    { id: left, heldMinutes: 7, owner: OWNER.replace("web-1/4711", "web-2/4312"), leaseMs: 1 },
  );
  return printed(words(shown), { env });
};

export const releasing: Scene = async (shown) => {
  const { text } = await cliAtTerminal(words(shown), {
    env: await holding({ id: argumentOf(shown), heldMinutes: 18 }),
    when: ["[y/N]", (type) => type("y\n")],
  });
  return text;
};
