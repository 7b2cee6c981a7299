import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildOptions } from "esbuild";
import { ROOT } from "test-support/root";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { builtFolder } from "../processes/build.ts";
import type { PartResult, Row } from "../report/result.ts";
import { figureOf } from "../stats/summary.ts";

const EXAMPLE = join(ROOT, "examples/hono-cloudflare/src/worker.ts");
const LIMIT_BYTES = 11_264;

/** How much there is to upload for a Worker. Sizes are the same every time, so there are no rounds. */
export async function bundle(): Promise<PartResult> {
  const adapter = await bundleOf(built('export { mintfaxWebhooks } from "@mintfax-webhooks/hono"'));
  const sizes: readonly (readonly [string, string])[] = [
    ["mintfaxWebhooks of the Hono adapter, with core", adapter],
    [
      "createFetchHandler of core",
      await bundleOf(built('export { createFetchHandler } from "@mintfax-webhooks/core"')),
    ],
    [
      "the whole Worker of examples/hono-cloudflare, with Hono",
      await bundleOf({ ...FROM_SOURCE, entryPoints: [EXAMPLE] }),
    ],
  ];
  return {
    tables: [
      {
        title: "Bytes of a Worker, without Hono unless it says so",
        rowsAre: "what",
        columns: [
          { name: "gzipped", unit: "bytes" },
          { name: "minified", unit: "bytes" },
        ],
        rows: sizes.map(
          ([label, text]): Row => ({
            label,
            figures: [figureOf([gzipSync(text).length]), figureOf([Buffer.byteLength(text)])],
          }),
        ),
      },
      {
        title: "Where the minified bytes of the Hono adapter with core come from",
        rowsAre: "sources",
        columns: [{ name: "minified", unit: "bytes" }],
        rows: await bySource(),
      },
    ],
    targets: [
      {
        what: "Worker bundle: Hono adapter with core, gzipped",
        unit: "bytes",
        atMost: LIMIT_BYTES,
        found: figureOf([gzipSync(adapter).length]),
      },
    ],
    notes: [],
  };
}

/** From the built packages. */
function built(contents: string): BuildOptions {
  return { stdin: { contents, resolveDir: builtFolder() }, external: ["hono", "hono/*"] };
}

/** From the sources, since the built packages hold all of them in a few files. Memory store and transactions by themselves. */
async function bySource(): Promise<Row[]> {
  const contents = 'export { mintfaxWebhooks } from "@mintfax-webhooks/hono"';
  const { metafile } = await bundleWorker({
    ...FROM_SOURCE,
    stdin: { contents, resolveDir: import.meta.dirname },
    external: ["hono", "hono/*"],
    minify: true,
  });
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, part] =
        /(hono|core\/src\/(?:dedup\/(?:memory|process-transactional)|[a-z-]+\/)?)/.exec(path) ?? [];
      if (part === undefined) continue;
      const label = part === "core/src/" ? "core/src/*.ts" : part;
      bytes.set(label, (bytes.get(label) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]): Row => ({ label, figures: [figureOf([count])] }));
}

async function bundleOf(options: BuildOptions): Promise<string> {
  return (await bundleWorker({ ...options, minify: true })).code;
}
