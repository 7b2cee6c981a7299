import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "test-support/root";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";

const EXAMPLE = join(ROOT, "examples/hono-cloudflare/src/worker.ts");

/** Says how much there is to upload for the Cloudflare example: Hono, its adapter, core, and the app itself. */
export async function workerSize(): Promise<string> {
  const { code: bundle } = await bundleWorker({ ...FROM_SOURCE, entryPoints: [EXAMPLE], minify: true });
  const count = (bytes: number) => bytes.toLocaleString("en");
  return `${count(Buffer.byteLength(bundle))} bytes minified, ${count(gzipSync(bundle).length)} gzipped`;
}
