import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import type { RunningTarget } from "conformance/adapter-suite";
import { NEXT_SECRET, SECRET } from "conformance/hostile";
import { startInWorkerd } from "conformance/targets/support/workerd";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

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

  test("it is the real thing", async () => {
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
  test("an environment without a secret accepts nobody", async () => {
    expect(await send(unset, SECRET)).toEqual([500, "misconfigured", "internal_error"]);
  });

  test("without a word about the secret, it says where to take it from", async () => {
    const response = await fetch(`${unset?.origin}/from-nowhere`);
    expect(await response.text()).toContain(
      "mintfaxWebhooks((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET }))",
    );
  });

  test("a secret in the code is prepared while the Worker starts", async () => {
    expect(await send(unset, SECRET, "/from-code")).toEqual([200, "processed", undefined]);
  });
});

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
    expect(bytes).toBeLessThan(49_152);
  });
});
