import { globSync } from "node:fs";
import { dirname } from "node:path";
import type { IForbiddenRuleType } from "dependency-cruiser";
import { LAYERS } from "./layers.ts";

const CORE = "^packages/core/src/";
/** The files of core that know Node. */
const NODE_IN_CORE = `${CORE}(node/|signature/hmac\\.node\\.ts$)`;
const ADAPTERS = ["express", "fastify", "hono", "koa", "lambda", "nestjs"];
const STORES = ["redis", "postgres", "cloudflare", "mysql", "sqlite"];

/** Which packages the sources of a published package import. A package that is not listed imports none. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([...ADAPTERS, ...STORES].map((name) => [name, ["core"]])),
  // D1 runs the statements of sqlite.
  cloudflare: ["core", "sqlite"],
  opentelemetry: ["core", "queue"],
  queue: ["core"],
  testing: ["core"],
  diagnose: ["core"],
  sandbox: ["core", "diagnose", "testing"],
  "catch-up": ["core"],
  certify: ["core", "testing"],
  cli: [
    "catch-up",
    "certify",
    "core",
    "diagnose",
    "mysql",
    "postgres",
    "queue",
    "redis",
    "sandbox",
    "sqlite",
    "testing",
  ],
};

/** @param root of the repository: packages are the folders below it that have a `package.json` */
export function rulesFor(root: string): IForbiddenRuleType[] {
  const folders = globSync("{packages,internal,examples,docs}/**/package.json", {
    cwd: root,
    exclude: (path) => path.includes("node_modules"),
  }).map((file) => dirname(file));
  // The longest first, so that a package inside another one is found as itself.
  const folder = folders.sort((a, b) => b.length - a.length).join("|");
  return [
    {
      name: "no-circle-of-files",
      comment: "Files import each other in a circle, types counted. Move what they share to a third one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-circle-of-folders",
      comment: "Folders import each other in a circle, types counted. Move what they share to a third one.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-relative-import-leaves-its-package",
      comment: "Import another package by its name, and declare it in package.json.",
      severity: "error",
      from: { path: `^(${folder})/` },
      to: { dependencyTypes: ["local"], pathNot: "^$1/" },
    },
    {
      name: "no-import-past-exports",
      comment: "Another package is imported by one of the entries in its `exports`.",
      severity: "error",
      from: {},
      to: { path: "^@mintfax-webhooks/", couldNotResolve: true },
    },
    {
      name: "no-import-of-itself-by-name",
      comment: "Within a package's sources, imports are relative.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/" },
      to: { path: "^packages/$1/", dependencyTypesNot: ["local"] },
    },
    {
      name: "core-runs-everywhere",
      comment: "Core is for every runtime: only node/ and the *.node.ts files import Node's modules.",
      severity: "error",
      from: { path: CORE, pathNot: NODE_IN_CORE },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "stores-import-values-from-core-store",
      comment: "A store imports values from core/store only. Types may come from anywhere in core.",
      severity: "error",
      from: { path: `^packages/(${STORES.join("|")})/src/` },
      to: { path: CORE, pathNot: `${CORE}store\\.ts$`, dependencyTypesNot: ["type-only"] },
    },
    ...folders.filter((path) => path.startsWith("packages/")).map(arrowsOf),
    ...LAYERS.map(layerRule),
    {
      name: "core-file-without-a-layer",
      comment: "Give the file a layer in internal/imports/src/layers.ts.",
      severity: "error",
      from: {},
      to: { path: CORE, pathNot: LAYERS.map(filesOf) },
    },
  ];
}

function arrowsOf(folder: string): IForbiddenRuleType {
  const name = folder.slice("packages/".length);
  const allowed = [name, ...(MAY_IMPORT[name] ?? [])].join("|");
  return {
    name: `${name}-imports-only-what-it-may`,
    comment: `The sources of ${name} may import ${MAY_IMPORT[name]?.join(", ") ?? "no other package"} of this repository.`,
    severity: "error",
    from: { path: `^${folder}/src/` },
    to: { path: "^(packages|internal|examples)/", pathNot: `^packages/(${allowed})/` },
  };
}

function layerRule(layer: readonly string[], index: number): IForbiddenRuleType {
  const higher = LAYERS.slice(index + 1).map(filesOf);
  return {
    name: `core-layer-${index + 1}`,
    comment: "A lower layer of core imports a higher one; the layers are in internal/imports/src/layers.ts.",
    severity: "error",
    from: { path: filesOf(layer) },
    // The highest layer has none above it; an empty list would forbid everything.
    to: { path: higher.length === 0 ? ["$^"] : higher },
  };
}

function filesOf(layer: readonly string[]): string {
  return `${CORE}(${layer.join("|").replaceAll(".", "\\.")})`;
}
