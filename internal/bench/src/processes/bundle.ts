import { type BuildOptions, build } from "esbuild";

/** One module, minified, made as wrangler makes it: a `node:` import is an error. */
export async function bundleForWorker(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    logLevel: "error",
  });
  return (outputFiles ?? []).map(({ text }) => text).join("");
}
