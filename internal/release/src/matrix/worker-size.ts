import { gzipSync } from "node:zlib";
import { bundleWorker } from "example-hono-cloudflare/local/bundle";

/** Says how much there is to upload for the Cloudflare example: Hono, its adapter, core, and the app itself. */
export async function workerSize(): Promise<string> {
  const bundle = await bundleWorker({ minify: true });
  const count = (bytes: number) => bytes.toLocaleString("en");
  return `${count(Buffer.byteLength(bundle))} bytes minified, ${count(gzipSync(bundle).length)} gzipped`;
}
