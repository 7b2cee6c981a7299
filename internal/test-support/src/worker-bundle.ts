import { build, type Metafile } from "esbuild";

/** A Worker as it is deployed: one file, resolved as Cloudflare's tools do, with the workspace's own sources. */
export async function bundleForWorkerd(
  entry: string,
  options: { readonly external?: string[]; readonly minify?: boolean } = {},
): Promise<{ readonly code: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["source", "workerd", "worker", "browser"],
    ...options,
  });
  return { code: outputFiles[0]?.text ?? "", metafile };
}
