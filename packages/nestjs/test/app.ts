/** An application of Nest's under test. */
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import {
  type INestApplication,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { onTestFinished } from "vitest";

export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
export const PATH = "/webhooks/mintfax";

export const PLATFORMS: readonly [name: string, createAdapter: () => AbstractHttpAdapter][] = [
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter()],
];

/** Makes an application, and does not start it. */
export function create(
  root: ModuleMetadata,
  adapter: AbstractHttpAdapter = new ExpressAdapter(),
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  @Module(root)
  class AppModule {}
  return NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false, ...options });
}

/** Starts an application until the test ends. Returns its origin. */
export async function started(app: INestApplication): Promise<string> {
  onTestFinished(() => app.close());
  await app.listen(0, "127.0.0.1");
  return app.getUrl();
}

/** Delivers an event once. Returns the answer, such as "200 processed". */
export async function deliver(
  origin: string,
  event: Parameters<ReturnType<typeof createTestSender>["attempt"]>[0] = eventFixture("fax.failed"),
  { path = PATH, secret = SECRET } = {},
): Promise<string> {
  const { status, body } = await createTestSender({ secret, to: origin + path }).attempt(event);
  const { code, outcome } = body?.startsWith("{") ? JSON.parse(body) : {};
  return `${status} ${code ?? outcome}`;
}
