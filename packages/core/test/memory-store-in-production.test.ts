import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { afterEach, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What is printed where two receivers of a fresh core, with the default store and one of `createMemoryStore()`, get two events each. */
async function printedWith(nodeEnv: string | undefined): Promise<unknown[]> {
  vi.stubEnv("NODE_ENV", nodeEnv);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.resetModules();
  const { createFetchHandler, createMemoryStore } = await import("@mintfax-webhooks/core");
  for (const options of [{}, { store: createMemoryStore() }]) {
    const webhooks = createFetchHandler({ secret: SECRET, ...options }).on("*", () => {});
    expect(log.mock.calls.length).toBeLessThanOrEqual(1);
    for (let count = 0; count < 2; count += 1) {
      const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
      const request = new Request("https://clinic.example/", { method: "POST", headers, body });
      expect((await webhooks(request)).status).toBe(200);
    }
  }
  return log.mock.calls.flat();
}

test("with NODE_ENV=production, the first memory store that is used says once that it forgets", async () => {
  expect(await printedWith("production")).toEqual([
    "mintfax-webhooks: The memory store forgets every event at a restart. " +
      'Use store: createSqliteStore("webhooks.db") of @mintfax-webhooks/sqlite.',
  ]);
});

test.each(["development", "test", "", undefined])("with NODE_ENV=%s it says nothing", async (nodeEnv) => {
  expect(await printedWith(nodeEnv)).toEqual([]);
});
