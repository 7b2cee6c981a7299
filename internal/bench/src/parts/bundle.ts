import { gzipSync } from "node:zlib";
import { bundleWorker } from "example-hono-cloudflare/local/bundle";
import { builtFolder } from "../processes/build.ts";
import { bundleForWorker } from "../processes/bundle.ts";
import type { PartResult, Row } from "../report/result.ts";
import { figureOf } from "../stats/summary.ts";

const LIMIT_BYTES = 12_288;

/** How much there is to upload for a Worker. Sizes are the same every time, so there are no rounds. */
export async function bundle(): Promise<PartResult> {
  const adapter = await bundleOf('export { mintfaxWebhooks } from "@mintfax-webhooks/hono"');
  const sizes: readonly (readonly [string, string])[] = [
    ["mintfaxWebhooks of the Hono adapter, with core", adapter],
    [
      "createFetchHandler of core",
      await bundleOf('export { createFetchHandler } from "@mintfax-webhooks/core"'),
    ],
    ["the whole Worker of examples/hono-cloudflare, with Hono", await bundleWorker({ minify: true })],
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
function bundleOf(contents: string): Promise<string> {
  return bundleForWorker({
    stdin: { contents, resolveDir: builtFolder() },
    external: ["hono", "hono/*"],
  });
}
