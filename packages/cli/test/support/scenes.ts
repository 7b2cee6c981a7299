import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFaxWatch } from "@mintfax-webhooks/postgres";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import express from "express";
import { Pool } from "pg";
import { freePort } from "test-support/free-port";
import { PostgresServer } from "test-support/postgres-server";
import { onTestFinished } from "vitest";
import { askingStatus, listingPending, releasing } from "./claim-scenes.ts";
import { emptyDirectory, RunningCli, SECRET } from "./cli.ts";
import { doctoringReceiver, doctoringRedis } from "./doctor-scenes.ts";
import { type Missed, missed } from "./missed.ts";
import { graphileWorkerEngine, park } from "./parking.ts";
import { printed, type Scene, withSecretInEnvFile, words } from "./scene.ts";
import { serve, serveHandlerOfFailed, serveReceiver } from "./server.ts";
import type { Shown } from "./shown.ts";

/** A scene on the receiver that the command is to send to. */
function to(receiver: (shown: Shown) => Promise<string>): Scene {
  return async (shown) => printed([...words(shown).filter(isNotTarget), "--to", await receiver(shown)]);
}

/** A page may name a target, with a port of its own. */
const isNotTarget = (word: string): boolean => word !== "--to" && !word.startsWith("http");

const receiver = async (): Promise<string> => (await serveReceiver()).url;

/** The commonest mistake. */
function naive(): Promise<string> {
  const sender = signDelivery;
  const app = express().use(express.json());
  app.post("/webhooks/mintfax", (req, res) => {
    const body = JSON.stringify(req.body);
    const id = req.get("webhook-id") ?? "";
    const at = new Date(Number(req.get("webhook-timestamp")) * 1000);
    const right = sender(body, { secret: SECRET, id, at }).headers["webhook-signature"];
    res.status(right === req.get("webhook-signature") ? 200 : 400).end();
  });
  return serve(app);
}

const diagnosing: Scene = (shown) => {
  const cwd = emptyDirectory();
  const event = eventFixture("fax.delivered");
  const { headers } = signDelivery(JSON.stringify(event), { secret: SECRET, id: event.id });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const pretty = JSON.stringify(event, null, 2);
  writeFileSync(join(cwd, "request.http"), `POST / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${pretty}`);
  return printed(words(shown), { cwd, env: { MINTFAX_WEBHOOK_SECRET: SECRET } });
};

const listening: Scene = async () => {
  const listener = new RunningCli(["listen", "--port", "0"], {
    cwd: withSecretInEnvFile(),
    env: {},
  });
  const [, url = ""] = await listener.printed("stdout", /Listening on (\S+)/);
  const sender = createTestSender({ secret: SECRET, to: url });
  const object = { to: "+12125551234", pages: 3 };
  const events = [
    eventFixture("fax.queued", { data: { object: { to: object.to } } }),
    eventFixture("fax.sending", { data: { object: { to: object.to } } }),
    eventFixture("fax.failed", { data: { object: { to: "+15005550008", error_code: "invalid_number" } } }),
    eventFixture("fax.delivered", { data: { object } }),
  ];
  for (const event of [...events, ...events.slice(3)]) await sender.attempt(event);
  const old = signDelivery(eventFixture("fax.queued"), {
    secret: SECRET,
    at: new Date(Date.now() - 3_600_000),
  });
  await sender.send(old);
  await listener.printed("stdout", /sends them again\./);
  listener.interrupt();
  const { stdout } = await listener.finished();
  return stdout;
};

const parking: Scene = async (shown) => {
  const engine = await graphileWorkerEngine();
  onTestFinished(() => engine.stop());
  await park(engine, ["evt_8aZqRm4yT3vK7pNxJ2bH9c", "evt_0bZqRm4yT3vK7pNxJ2bH9d"]);
  return printed(words(shown), { env: { MINTFAX_QUEUE_URL: engine.url } });
};

const catchingUp: Scene = async (shown) => {
  const world: Missed = await missed(1);
  if (shown.command.includes("--resend")) world.repair();
  const args = words(shown).map((word) => (word.startsWith("webhook_") ? world.endpoint : word));
  return printed([...args, "--base-url", world.sandbox.url], { env: world.env });
};

const watching: Scene = async (shown) => {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url }).on("error", () => {});
  onTestFinished(async () => {
    await pool.end();
    await server.stop();
  });
  const watch = createFaxWatch({ pool });
  await watch.migrate();
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  await watch.expect("fax_8aZqRm4yT3vK7pNxJ2bH9c", { by: minutesAgo(200) });
  await watch.expect("fax_0bZqRm4yT3vK7pNxJ2bH9d", { by: minutesAgo(5) });
  await watch.expect("fax_under_way");
  const event = eventFixture("fax.failed", { data: { object: { id: "fax_ended" } } });
  await watch.settle(event, { signal: new AbortController().signal });
  return printed(words(shown), { env: { DATABASE_URL: server.url } });
};

const sandbox: Scene = async (shown) => {
  const running = new RunningCli([...words(shown), "--port", String(await freePort())]);
  await running.printed("stdout", /keeps nothing\./);
  running.interrupt();
  const { stdout } = await running.finished();
  return stdout;
};

/** By the beginning of the command. Where two commands begin alike, the page tells them apart. */
const SCENES: readonly (readonly [command: string, scene: Scene, output?: string])[] = [
  ["trigger fax.delivered --set", to(receiver)],
  ["trigger balance.low --copies", to(receiver)],
  ["trigger fax.queued", to(serveHandlerOfFailed)],
  ["trigger fax.delivered --forge", to(receiver)],
  ["trigger fax.delivered", to(naive), "The same event is accepted in another form"],
  [
    "simulate",
    to(async ({ output }) => {
      const never = new Set(output.match(/\bevt_\w+/g));
      const { url } = await serveReceiver((event) => {
        if (never.has(event.id)) throw new Error("no");
      });
      return url;
    }),
  ],
  ["listen", listening],
  ["diagnose request.http", diagnosing],
  ["sandbox", sandbox],
  ["doctor --to", doctoringReceiver],
];

/** The same for those that take seconds. */
const LONG_SCENES: typeof SCENES = [
  ["certify", to(naive)],
  ["parked", parking],
  ["catch-up", catchingUp],
  ["watch", watching],
  ["status", askingStatus],
  ["pending", listingPending],
];

/** The same for those that need `redis-server`. */
const REDIS_SCENES: typeof SCENES = [["doctor", doctoringRedis, "maxmemory-policy"]];

/** The same for those that ask at a terminal. */
const TERMINAL_SCENES: typeof SCENES = [["release", releasing]];

export type SceneOf = (shown: Shown) => Scene | undefined;

function among(scenes: typeof SCENES): SceneOf {
  return ({ command, output }) =>
    scenes.find(([begins, , holds = ""]) => command.startsWith(begins) && output.includes(holds))?.[1];
}

export const sceneOf: SceneOf = among(SCENES);
export const longSceneOf: SceneOf = among(LONG_SCENES);
export const redisSceneOf: SceneOf = among(REDIS_SCENES);
export const terminalSceneOf: SceneOf = among(TERMINAL_SCENES);
