import type { RequestListener } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { MintfaxEvent } from "@mintfax-webhooks/core";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import type { RunningTarget } from "conformance/adapter-suite";
import { NEXT_SECRET, SECRET } from "conformance/hostile";
import { startInWorkerd } from "conformance/targets/support/workerd";
import { gate } from "test-support/gate";
import { serve } from "test-support/serve";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const SUPPORT = join(import.meta.dirname, "support");
const event = eventFixture("fax.delivered");

describe("in workerd, without nodejs_compat", () => {
  let [staging, production, unset]: RunningTarget[] = [];
  beforeAll(async () => {
    const start = (bindings: Record<string, string>) =>
      startInWorkerd(join(SUPPORT, "environments.ts"), bindings);
    [staging, production, unset] = await Promise.all([
      start({ MINTFAX_WEBHOOK_SECRET: SECRET }),
      start({ MINTFAX_WEBHOOK_SECRET: NEXT_SECRET }),
      start({}),
    ]);
  });
  afterAll(() => Promise.all([staging, production, unset].map((worker) => worker?.stop())));

  async function send(worker: RunningTarget | undefined, secret: string, path = "/webhooks/mintfax") {
    const sender = createTestSender({ secret, to: `${worker?.origin}${path}` });
    const { status, body } = await sender.attempt(event);
    const { outcome, code } = JSON.parse(body ?? "{}") as Record<string, string>;
    return [status, outcome, code];
  }

  test("the runtime is workerd", async () => {
    const response = await fetch(`${staging?.origin}/runtime`);
    expect(await response.json()).toEqual(["Cloudflare-Workers", "undefined"]);
  });

  test("each environment accepts only its own secret", async () => {
    expect(await send(staging, NEXT_SECRET)).toEqual([400, "refused", "signature_mismatch"]);
    expect(await send(production, SECRET)).toEqual([400, "refused", "signature_mismatch"]);
    expect(await send(staging, SECRET)).toEqual([200, "processed", undefined]);
    expect(await send(production, NEXT_SECRET)).toEqual([200, "processed", undefined]);
  });

  test("the default store lasts from request to request", async () => {
    await send(staging, SECRET);
    expect(await send(staging, SECRET)).toEqual([200, "duplicate", undefined]);
  });

  // Threat: T02
  test("an environment without a secret accepts no delivery", async () => {
    expect(await send(unset, SECRET)).toEqual([500, "misconfigured", "internal_error"]);
  });

  test("mintfaxWebhooks() without a secret says where to take it from", async () => {
    const response = await fetch(`${unset?.origin}/from-nowhere`);
    expect(await response.text()).toContain(
      "mintfaxWebhooks((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET }))",
    );
  });

  test("a secret in the code is prepared while the Worker starts", async () => {
    expect(await send(unset, SECRET, "/from-code")).toEqual([200, "processed", undefined]);
  });
});

test("in workerd with nodejs_compat and NODE_ENV=production, the memory store keeps working", async () => {
  const worker = await startInWorkerd(
    join(SUPPORT, "environments.ts"),
    { MINTFAX_WEBHOOK_SECRET: SECRET, NODE_ENV: "production" },
    { compatibilityDate: "2026-07-01", compatibilityFlags: ["nodejs_compat"] },
  );
  onTestFinished(() => void worker.stop());
  expect(await (await fetch(`${worker.origin}/runtime`)).json()).toEqual(["Cloudflare-Workers", "object"]);
  const sender = createTestSender({ secret: SECRET, to: `${worker.origin}/webhooks/mintfax` });
  expect([await sender.attempt(event), await sender.attempt(event)]).toMatchObject([
    { status: 200, body: expect.stringContaining("processed") },
    { status: 200, body: expect.stringContaining("duplicate") },
  ]);
});

describe("in workerd, after the answer", () => {
  /** A Worker that asks `listener` before it goes on, and its `send`, which returns the outcome. */
  async function working(listener: RequestListener) {
    const bindings = { MINTFAX_WEBHOOK_SECRET: SECRET, TEST_SERVER: await serve(listener) };
    const worker = await startInWorkerd(join(SUPPORT, "background-worker.ts"), bindings);
    onTestFinished(() => void worker.stop());
    const sender = createTestSender({ secret: SECRET, to: `${worker.origin}/webhooks/mintfax` });
    return async (event: MintfaxEvent) => {
      const { status, body } = await sender.attempt(event);
      return [status, JSON.parse(body ?? "{}").outcome];
    };
  }

  test("waitUntil keeps a handler at work past its deadline, and the store is told when it is done", async () => {
    const [answered, completed] = [gate(), gate()];
    const asked: unknown[] = [];
    const send = await working(async ({ url }, res) => {
      asked.push(url);
      if (url === "/handler") await answered.promise;
      if (url === "/completed") completed.open();
      res.end();
    });
    const delivered = eventFixture("fax.delivered");
    expect(await send(delivered)).toEqual([503, "timed_out"]);
    expect(await send(delivered)).toEqual([409, "busy"]);
    expect(asked).toEqual(["/handler"]);
    answered.open();
    await completed.promise;
    expect(await send(delivered)).toEqual([200, "duplicate"]);
    expect(asked).toEqual(["/handler", "/complete", "/completed"]);
  });

  test("waitUntil keeps telling a store that was unreachable before the answer", async () => {
    const completed = gate();
    let isReachable = false;
    const send = await working(({ url }, res) => {
      if (url === "/completed") completed.open();
      res.writeHead(isReachable ? 200 : 503).end();
    });
    const failed = eventFixture("fax.failed");
    expect(await send(failed)).toEqual([200, "processed"]);
    expect(await send(failed)).toEqual([409, "busy"]);
    isReachable = true;
    await completed.promise;
    expect(await send(failed)).toEqual([200, "duplicate"]);
  });
});

describe.each(["native", "javascript"])(
  "in workerd, behind middleware that unpacks bodies (%s)",
  (stream) => {
    async function send(text: string): Promise<unknown> {
      const worker = await startInWorkerd(join(SUPPORT, "unpacking-worker.ts"), {
        MINTFAX_WEBHOOK_SECRET: SECRET,
      });
      onTestFinished(() => void worker.stop());
      const sender = createTestSender({
        secret: SECRET,
        to: async (request: Request) => {
          const headers = new Headers(request.headers);
          headers.set("content-encoding", "gzip");
          const body = gzipSync(await request.arrayBuffer());
          return fetch(`${worker.origin}/${stream}`, { method: "POST", headers, body });
        },
      });
      const { status, body } = await sender.attempt({ ...event, padding: text } as MintfaxEvent);
      const { outcome, code } = JSON.parse(body ?? "{}") as Record<string, string>;
      return [status, outcome, code];
    }

    test("a body that is longer than its declared length is read to its end", async () => {
      expect(await send("x".repeat(200_000))).toEqual([200, "processed", undefined]);
    });

    // Threat: T06
    test("a body that unpacks to more than the limit is refused", async () => {
      expect(await send("x".repeat(4 * 1024 * 1024))).toEqual([413, "refused", "body_too_large"]);
    });
  },
);

const SMALLEST = join(SUPPORT, "smallest-worker.ts");

describe("the bundle of a Worker", () => {
  // Threat: T17
  test("has nothing of Node's in it", async () => {
    const { code, metafile } = await bundleWorker({ ...FROM_SOURCE, entryPoints: [SMALLEST] });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/["']node:/);
    expect(Object.keys(metafile.inputs).filter((path) => /core\/src\/node|hmac\.node/.test(path))).toEqual(
      [],
    );
  });

  test("is small: core and adapter, without Hono", async () => {
    const { code } = await bundleWorker({
      ...FROM_SOURCE,
      entryPoints: [SMALLEST],
      minify: true,
      external: ["hono", "hono/*"],
    });
    const [bytes, gzipped] = [Buffer.byteLength(code), gzipSync(code).length];
    console.info(`core and the Hono adapter: ${bytes} bytes minified, ${gzipped} gzipped`);
    expect(bytes).toBeLessThan(48_640);
    expect(gzipped).toBeLessThan(17_664);
  });
});
