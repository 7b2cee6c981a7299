/** Bundles the server with the bundler that it is given the name of, into `out.cjs` or `out.mjs`. */
import { rename } from "node:fs/promises";
import { join } from "node:path";

const entry = join(import.meta.dirname, "server.js");

const BUNDLERS = {
  async esbuild() {
    const { build } = await import("esbuild");
    await build({ entryPoints: [entry], outfile: "out.cjs", bundle: true, platform: "node" });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const output = { path: import.meta.dirname, filename: "out.cjs" };
    const stats = await new Promise((resolve, reject) => {
      webpack({ entry, output, mode: "production", target: "node" }, (error, stats) =>
        error ? reject(error) : resolve(stats),
      );
    });
    if (stats.hasErrors()) throw new Error(stats.toString());
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const plugins = await Promise.all(
      ["node-resolve", "commonjs", "json"].map(async (name) =>
        (await import(`@rollup/plugin-${name}`)).default(),
      ),
    );
    const bundle = await rollup({ input: entry, plugins });
    await bundle.write({ file: "out.mjs", format: "es", inlineDynamicImports: true });
  },
  async vite() {
    const { build } = await import("vite");
    await build({
      logLevel: "warn",
      configFile: false,
      build: { ssr: entry, outDir: "built" },
      ssr: { noExternal: true },
    });
    await rename("built/server.js", "out.mjs");
  },
};

await BUNDLERS[process.argv[2]]();
