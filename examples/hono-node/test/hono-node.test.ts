import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { expect, onTestFinished, test } from "vitest";

testExample("hono-node");

test("the readiness probe is ready, and names what is red", async () => {
  const secret = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
  const example = await ExampleProcess.start("hono-node", { MINTFAX_WEBHOOK_SECRET: secret });
  onTestFinished(() => void example.stop());
  const probe = await fetch(`${example.origin}/ready`);
  expect({ status: probe.status, red: await probe.json() }).toEqual({ status: 200, red: ["secret"] });
});
