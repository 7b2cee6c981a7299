/** What bundlers resolve for platforms without Node's modules, some of which set the condition `node` as well. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const PACKAGES = join(import.meta.dirname, "../..");
const WITHOUT_NODE = ["workerd", "edge-light", "browser"];

type Target = string | { readonly [condition: string]: Target };
interface Manifest {
  readonly name: string;
  readonly imports?: Readonly<Record<string, Target>>;
}

const manifests = globSync("*/package.json", { cwd: PACKAGES }).map(
  (path) => JSON.parse(readFileSync(join(PACKAGES, path), "utf8")) as Manifest,
);

/** The conditions of a target, and of those below it. */
function choicesOf(target: Target): string[][] {
  if (typeof target === "string") return [];
  return [Object.keys(target), ...Object.values(target).flatMap(choicesOf)];
}

test.each(
  manifests.flatMap(({ name, imports = {} }) =>
    Object.entries(imports).map(([key, target]) => ({ name, key, target })),
  ),
)("$key of $name asks for every platform without Node's modules before it asks for Node", ({ target }) => {
  for (const conditions of choicesOf(target).filter((choice) => choice.includes("node"))) {
    expect(conditions.slice(0, conditions.indexOf("node"))).toEqual(expect.arrayContaining(WITHOUT_NODE));
  }
});

describe.each(["core", "hono"])("a bundle of %s", (name) => {
  test.each(WITHOUT_NODE.flatMap((condition) => [[condition], [condition, "node"]]))(
    "has nothing of Node's in it, by the conditions %s %s",
    async (...conditions) => {
      const { outputFiles, metafile } = await build({
        entryPoints: [join(PACKAGES, name, "src/index.ts")],
        bundle: true,
        write: false,
        metafile: true,
        format: "esm",
        platform: "neutral",
        mainFields: ["module", "main"],
        conditions: ["source", ...conditions.filter((condition) => condition !== undefined)],
        external: ["node:*"],
      });
      expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([]);
      expect(outputFiles[0]?.text).not.toMatch(/["']node:/);
    },
  );
});
