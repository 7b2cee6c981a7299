import { type BuildOptions, build, type Metafile } from "esbuild";

/** The conditions by which wrangler picks what goes into a Worker's bundle. */
const WRANGLER: readonly string[] = ["workerd", "worker", "browser"];

/** Resolves to the workspace's own sources, which need no build. */
export const FROM_SOURCE: BuildOptions = { conditions: ["source", ...WRANGLER] };

/**
 * A Worker as it is deployed: one file, made as wrangler makes it. On the neutral platform, a `node:` import is an error.
 *
 * @param options of esbuild, such as its entry points; with {@link FROM_SOURCE}, packages of the workspace need no build
 */
export async function bundleWorker(
  options: BuildOptions,
): Promise<{ readonly code: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    conditions: [...WRANGLER],
    // What workerd itself has.
    external: ["cloudflare:*"],
    ...options,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
  return { code: outputFiles[0]?.text ?? "", metafile };
}
