import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

// Connections that are kept busy keep it running. Cloudflare itself ends isolates, not it.
testExample("queue-cloudflare", { underLoad: "does not end" });

test("the consumer works on an event, and what is parked is for those with the token", async () => {
  const example = await ExampleProcess.start("queue-cloudflare", { MINTFAX_WEBHOOK_SECRET: SECRET });
  try {
    const event = eventFixture("fax.failed");
    await createTestSender({ secret: SECRET, to: example.url }).attempt(event);
    expect(await example.line(({ id, action }) => id === event.id && action !== undefined)).toMatchObject({
      outcome: "processed",
      action: "finish",
    });
    const parked = (token: string, path = "", method = "GET") =>
      fetch(`${example.origin}/parked${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    expect((await parked("guessed")).status).toBe(401);
    expect((await parked("guessed", "/1/retry", "POST")).status).toBe(401);
    expect(await (await parked("operator")).json()).toEqual([]);
    expect(await (await parked("operator", "/1/retry", "POST")).json()).toEqual({ retried: false });
    expect(await (await parked("operator", "/1", "DELETE")).json()).toEqual({ dropped: false });
  } finally {
    expect(await example.stop()).toBe(0);
  }
});
