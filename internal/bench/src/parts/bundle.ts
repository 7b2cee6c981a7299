import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildOptions } from "esbuild";
import { ROOT } from "test-support/root";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { builtFolder } from "../processes/build.ts";
import type { PartResult, Row } from "../report/result.ts";
import { figureOf } from "../stats/summary.ts";

const EXAMPLE = join(ROOT, "examples/hono-cloudflare/src/worker.ts");
const LIMIT_BYTES = 12_288;

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

async function bundleOf(options: BuildOptions): Promise<string> {
  return (await bundleWorker({ ...options, minify: true })).code;
}
