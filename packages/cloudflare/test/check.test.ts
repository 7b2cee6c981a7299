import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import { checkSetup, type LeaseStore } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { RemoteStore } from "test-support/cloudflare/remote-store";
import type { StoreName } from "test-support/cloudflare/worker/stores";
import { Workerd } from "test-support/cloudflare/workerd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.start();
  await workerd.do({ do: "migrate" });
});
afterAll(() => workerd.stop());

const query = (sql: string) => workerd.do({ do: "query", sql, values: [] });

/** `code level ok` of each finding, and the fixes. */
async function check(store: StoreName) {
  const findings = await new RemoteStore(workerd, store).check();
  return {
    codes: findings.map(({ code, level, ok }) => `${code} ${level} ${ok}`),
    texts: findings.map(({ message, fix }) => `${message} ${fix}`).join("\n"),
  };
}

describe("D1", () => {
  const GREEN = ["d1_reachable error true", "d1_table error true", "clock warning true"];

  test("is green once it is migrated, and a check writes nothing", async () => {
    expect((await check("D1")).codes).toEqual(GREEN);
    expect(await query("SELECT * FROM mintfax_dedup")).toMatchObject({ results: [] });
  });

  test("is red without its table, and the fix is the command to run", async () => {
    const { codes, texts } = await check("D1 without the table");
    expect(codes).toEqual(["d1_reachable error true", "d1_table error false", "clock warning true"]);
    expect(texts).toContain("npx wrangler d1 execute");
  });

  test("is red with another column, and without its index", async () => {
    await query("DROP INDEX mintfax_dedup_expires");
    expect((await check("D1")).codes).toContain("d1_table warning false");
    await query("ALTER TABLE mintfax_dedup ADD COLUMN tenant TEXT");
    expect((await check("D1")).codes).toContain("d1_table error false");
    await query("DROP TABLE mintfax_dedup");
    await workerd.do({ do: "migrate" });
    expect((await check("D1")).codes).toEqual(GREEN);
  });
});

describe("a Durable Object", () => {
  test("is green", async () => {
    expect((await check("Durable Object")).codes).toEqual(["durable_object error true"]);
  });

  test.each<[StoreName, string]>([
    ["Durable Object of another class", "class_name"],
    ["Durable Object without SQLite", "new_sqlite_classes"],
  ])("is red as %s, and the message says what to change", async (store, said) => {
    const { codes, texts } = await check(store);
    expect(codes).toEqual(["durable_object error false"]);
    expect(texts).toContain(said);
  });
});

/** What `env` has where a binding is missing, or of another kind: KV has `get` and `put`. */
const KV = { get() {}, put() {} };

describe.each<[string, (binding: never) => LeaseStore]>([
  ["d1_databases", (database) => createD1Store({ database })],
  ["durable_objects.bindings", (binding) => createDurableObjectStore({ binding })],
])("a Worker whose %s", (place, open) => {
  test.each([
    ["is missing", undefined],
    ["is a KV namespace", KV],
  ])("%s is not ready, and the finding names the place in wrangler.jsonc", async (_, binding) => {
    const secret = `whsec_${"A".repeat(32)}`;
    const receiver = createReceiver<{ readonly BINDING: never }>((env) => ({
      secret,
      store: open(env.BINDING),
    }));
    const { ready, findings } = await checkSetup(
      receiver.on("*", () => {}),
      { platform: { BINDING: binding as never } },
    );
    expect(ready).toBe(false);
    expect(findings.at(-1)).toMatchObject({
      code: "options",
      ok: false,
      message: expect.stringContaining(place),
    });
  });
});
