import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { D1_SCHEMA } from "@mintfax-webhooks/cloudflare";
import { CLOUDFLARE_PARKED_SCHEMA } from "@mintfax-webhooks/queue/cloudflare";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Miniflare } from "miniflare";
import { codeBlocks } from "test-support/code-blocks";
import { gate } from "test-support/gate";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type BlockFolder, blockFolder } from "./support/folder.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
/** The reader's application, which tells the test what it was called with. */
const ORDERS = `const order = (name) => async (order, what) => {
  await fetch("https://orders.example/", { method: "POST", body: JSON.stringify([name, order, what]) });
};
globalThis.orders = { markSent: order("markSent"), markFailed: order("markFailed") };\n`;

const workers = codeBlocks("ts").filter(({ source }) => /\bc\.env\.[A-Z]/.test(source));

let folder: BlockFolder;
beforeAll(() => {
  folder = blockFolder();
});
afterAll(() => folder[Symbol.dispose]());

test("there are one without a store, two on Durable Objects, one on D1 and one with a queue", () => {
  expect(workers.map(({ page }) => page)).toEqual([
    "docs/hono.md",
    "docs/longer-work.md",
    "packages/cloudflare/README.md",
    "packages/cloudflare/README.md",
    "packages/hono/README.md",
  ]);
});

/** `wrangler.jsonc` of docs/hono.md, where a block has Durable Objects. */
function settingsFor(source: string): WranglerSettings {
  const [block] = codeBlocks("jsonc").filter(({ page }) => page === "docs/hono.md");
  const settings = JSON.parse((block?.source ?? "").replaceAll(/^ *\/\/.*$/gm, "")) as WranglerSettings;
  return source.includes("durable-object") ? settings : { ...settings, durable_objects: { bindings: [] } };
}

interface WranglerSettings {
  readonly compatibility_date: string;
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations: readonly [{ readonly new_sqlite_classes: readonly string[] }];
}

interface QueueSettings {
  readonly producers: readonly { readonly binding: string; readonly queue: string }[];
  readonly consumers: readonly {
    readonly queue: string;
    readonly max_batch_timeout: number;
    readonly dead_letter_queue?: string;
  }[];
}

/** `queues` of docs/longer-work.md, as Miniflare takes them. */
function queuesFor(source: string) {
  if (!source.includes("cloudflareQueue")) return {};
  const [block] = codeBlocks("jsonc").filter(({ page }) => page === "docs/longer-work.md");
  const { queues } = JSON.parse(`{${block?.source.replaceAll(/^ *\/\/.*$/gm, "")}}`) as {
    readonly queues: QueueSettings;
  };
  const consumers = queues.consumers.map(({ queue, max_batch_timeout, dead_letter_queue }) => [
    queue,
    { maxBatchTimeout: max_batch_timeout, ...(dead_letter_queue && { deadLetterQueue: dead_letter_queue }) },
  ]);
  return {
    queueProducers: Object.fromEntries(queues.producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(consumers) as Record<string, object>,
  };
}

test.each(workers)("$name runs in workerd", async ({ name, source }) => {
  const entry = join(folder.path, name);
  writeFileSync(entry, ORDERS + source);
  const ordered: unknown[] = [];
  const order = gate();
  let printed = "";
  const { compatibility_date, durable_objects, migrations } = settingsFor(source);
  const { code } = await bundleWorker({ ...FROM_SOURCE, entryPoints: [entry] });
  const options = {
    modules: true,
    script: code,
    compatibilityDate: compatibility_date,
    bindings: { MINTFAX_WEBHOOK_SECRET: SECRET },
    d1Databases: ["DB"],
    ...queuesFor(source),
    outboundService: async (request: Request) => {
      ordered.push(await request.json());
      order.open();
      return new Response(null, { status: 204 }) as never;
    },
    handleRuntimeStdio: (stdout: Readable) => {
      stdout.on("data", (chunk: Buffer) => {
        printed += chunk;
      });
    },
    durableObjects: Object.fromEntries(
      durable_objects.bindings.map((binding) => [
        binding.name,
        {
          className: binding.class_name,
          useSQLite: migrations[0].new_sqlite_classes.includes(binding.class_name),
        },
      ]),
    ),
  } as const;
  const miniflare = new Miniflare(options);
  try {
    const database = await miniflare.getD1Database("DB");
    await database.exec((D1_SCHEMA + CLOUDFLARE_PARKED_SCHEMA).replaceAll(/--.*|\s+/g, " "));
    const to = new URL("/webhooks/mintfax", await miniflare.ready).href;
    const object = { tags: { order: "1042", patient: "7" }, pages: 7, error_code: "no_answer" };
    const type = source.includes('"fax.failed"') ? "fax.failed" : "fax.delivered";
    const event = eventFixture(type, { data: { object } });
    const genuine = createTestSender({ secret: SECRET, to });
    expect(await answer(genuine.attempt(event))).toEqual([200, "processed"]);
    expect(await answer(genuine.attempt(event))).toEqual([200, "duplicate"]);
    const forger = createTestSender({ secret: "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt", to });
    expect(await answer(forger.attempt(event))).toEqual([400, "refused"]);
    if (source.includes("console.log"))
      await vi.waitFor(() => expect(printed).toContain("order 1042: 7 pages"));
    else {
      await order.promise;
      const failed = type === "fax.failed";
      expect(ordered).toEqual([failed ? ["markFailed", "1042", "no_answer"] : ["markSent", "1042", 7]]);
    }
    if (source.includes("scheduled")) {
      expect((await (await miniflare.getWorker()).scheduled()).outcome).toBe("ok");
    }
    // Other isolates, with the same storage.
    await miniflare.setOptions(options);
    const restarted = new URL("/webhooks/mintfax", await miniflare.ready).href;
    const again = createTestSender({ secret: SECRET, to: restarted }).attempt(event);
    expect(await answer(again)).toEqual([200, /create\w+Store/.test(source) ? "duplicate" : "processed"]);
  } finally {
    await miniflare.dispose();
  }
});

async function answer(
  attempt: ReturnType<ReturnType<typeof createTestSender>["attempt"]>,
): Promise<unknown[]> {
  const { status, body } = await attempt;
  return [status, (JSON.parse(body ?? "{}") as { readonly outcome?: string }).outcome];
}
