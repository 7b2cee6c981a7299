/**
 * Holds the direction of imports (DESIGN, "Packages"): prints every forbidden arrow and exits with 1 if there is one.
 *
 *   node internal/release/src/check-imports.ts [root]
 */
import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";

const SCOPE = "@mintfax-webhooks/";
const ADAPTERS = ["express", "hono", "koa"];
const STORES = ["redis", "postgres", "cloudflare"];

/** What the sources of a package may import of its siblings. Whatever is not listed here may import nothing. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  testing: ["core"],
  opentelemetry: ["core"],
  diagnose: ["core"],
  cli: ["core", "testing", "diagnose"],
  bench: ["core", "testing", ...ADAPTERS, ...STORES],
  ...Object.fromEntries([...ADAPTERS, ...STORES].map((name) => [name, ["core"]])),
};

/** The parts of core that may know Node. */
const NODE_IN_CORE = /^packages\/core\/src\/(node\/|signature\/hmac\.node\.ts$)/;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(source: string): Import[] {
  const statements = source.matchAll(
    /^\s*(?:import|export)\s+(?<type>type\s+)?(?:[^"';]*?\sfrom\s+)?"(?<specifier>[^"]+)"|import\("(?<dynamic>[^"]+)"\)/gm,
  );
  return [...statements].map(({ groups }) => ({
    specifier: groups?.specifier ?? groups?.dynamic ?? "",
    typeOnly: groups?.type !== undefined,
  }));
}

/** Why an import is forbidden, or undefined where it is not. */
function fault(file: string, { specifier, typeOnly }: Import): string | undefined {
  const [, kind = "", owner = "", part = ""] = /^([^/]+)\/([^/]+)\/([^/]+)/.exec(file) ?? [];
  const isSource = kind === "packages" && part === "src";

  if (specifier.startsWith(".")) {
    const target = normalize(join(file, "..", specifier));
    return target.startsWith(`${kind}/${owner}/`)
      ? undefined
      : "reaches into another package; import it by its name";
  }
  if (owner === "core" && isSource && specifier.startsWith("node:") && !NODE_IN_CORE.test(file)) {
    return "core is for every runtime; only its node/ part and hmac.node.ts may know Node";
  }
  if (!specifier.startsWith(SCOPE)) return undefined;
  const [target = "", ...inner] = specifier.slice(SCOPE.length).split("/");
  if (inner.includes("src")) return "reaches into another package's src/";
  if (!isSource) return undefined;
  if (target === owner) return "imports itself by name; use a relative path";
  if (!MAY_IMPORT[owner]?.includes(target)) return `${owner} must not import ${target}`;
  if (STORES.includes(owner) && !typeOnly && inner[0] !== "store") {
    return "a store imports values from core/store only";
  }
  return undefined;
}

const root = process.argv[2] ?? join(import.meta.dirname, "../../..");
const files = globSync(["{packages,examples}/*/{src,test}/**/*.ts", "internal/*/src/**/*.ts"], {
  cwd: root,
  exclude: (path) => path.includes("node_modules"),
});
let faults = 0;
for (const file of files) {
  for (const statement of importsOf(readFileSync(join(root, file), "utf8"))) {
    const why = fault(file, statement);
    if (why === undefined) continue;
    faults += 1;
    console.error(`${file}: "${statement.specifier}": ${why}`);
  }
}
console.log(`${files.length} files checked, ${faults} forbidden imports`);
process.exitCode = faults === 0 && files.length > 0 ? 0 : 1;
