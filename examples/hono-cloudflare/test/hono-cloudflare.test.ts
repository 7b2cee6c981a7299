import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { afterEach, expect, test } from "vitest";
import { readWranglerConfig, workerdConfig } from "../src/local/config.ts";

// workerd goes on for as long as requests come over connections that are kept. Cloudflare itself ends isolates, not it.
testExample("hono-cloudflare", { underLoad: "does not end" });

const running: ExampleProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((example) => example.stop()));
});

test("each environment accepts what is signed with its own secret, and nothing else", async () => {
  const secrets = ["whsec_c3RhZ2luZy1zdGFnaW5nLXN0YWdpbmc=", "whsec_cHJvZHVjdGlvbi1wcm9kdWN0aW9uLQ=="];
  for (const secret of secrets) {
    running.push(await ExampleProcess.start("hono-cloudflare", { MINTFAX_WEBHOOK_SECRET: secret }));
  }
  const statuses = secrets.map((secret) =>
    running.map(async ({ url }) => {
      const sender = createTestSender({ secret, to: url });
      return (await sender.attempt(eventFixture("fax.delivered"))).status;
    }),
  );
  expect(await Promise.all(statuses.map((row) => Promise.all(row)))).toEqual([
    [200, 400],
    [400, 200],
  ]);
});

test("a duplicate after a restart is a duplicate", async () => {
  const MINTFAX_WEBHOOK_SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
  const STATE = mkdtempSync(join(tmpdir(), "hono-cloudflare-state-"));
  try {
    const event = eventFixture("fax.delivered");
    const outcomes: unknown[] = [];
    for (let start = 0; start < 2; start++) {
      const example = await ExampleProcess.start("hono-cloudflare", { MINTFAX_WEBHOOK_SECRET, STATE });
      running.push(example);
      const sender = createTestSender({ secret: MINTFAX_WEBHOOK_SECRET, to: example.url });
      expect((await sender.attempt(event)).status).toBe(200);
      outcomes.push((await example.line(({ id }) => id === event.id)).outcome);
      expect(await example.stop()).toBe(0);
    }
    expect(outcomes).toEqual(["processed", "duplicate"]);
  } finally {
    rmSync(STATE, { recursive: true });
  }
});

test("all of this is without nodejs_compat", () => {
  expect(workerdConfig()).toContain("compatibilityFlags = [],");
});

test("every environment of wrangler.jsonc has the bindings of the top level", () => {
  const { durable_objects, env } = readWranglerConfig();
  expect(Object.keys(env)).toEqual(["staging", "production"]);
  for (const environment of Object.values(env)) expect(environment).toEqual({ durable_objects });
});
