import { join } from "node:path";
import { build } from "esbuild";

const WORKER = join(import.meta.dirname, "../worker.ts");

/**
 * The Worker as one module, made as wrangler makes it: by esbuild, with these conditions. A `node:` import is an
 * error, since without the flag `nodejs_compat` a Worker has none of them.
 */
export async function bundleWorker(options: { readonly minify: boolean }): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [WORKER],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    // What workerd itself has.
    external: ["cloudflare:*"],
    // "source" is for the packages of this repository, which need no build then.
    conditions: ["source", "workerd", "worker", "browser"],
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text).join("");
}
