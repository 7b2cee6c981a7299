import { createVerifier } from "@mintfax-webhooks/core";
import { ConfigurationError } from "@mintfax-webhooks/core/store";
import { MintfaxWebhookError } from "@mintfax-webhooks/express";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { nodeServer } from "@mintfax-webhooks/testing/node";
import { app, handled } from "./webhooks";

test("an event is handled once, and a forgery is refused", async () => {
  const server = nodeServer(app);
  const event = eventFixture("fax.delivered");
  const sender = createTestSender({ secret: process.env.MINTFAX_WEBHOOK_SECRET ?? "", to: server });
  const forger = createTestSender({ secret: "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt", to: server });
  expect((await forger.attempt(event)).status).toBe(400);
  expect((await sender.attempt(event)).body).toContain("processed");
  expect((await sender.attempt(event)).body).toContain("duplicate");
  expect(handled).toEqual([event.id]);
  await server.close();
});

test("all entries share the classes of errors", () => {
  expect(() => createVerifier({ secret: "short" })).toThrow(ConfigurationError);
  expect(() => createVerifier({ secret: "short" })).toThrow(MintfaxWebhookError);
});
