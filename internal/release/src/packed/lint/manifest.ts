import type { Tarball } from "../pack/tarballs.ts";

/** The lowest Nodes in which `require` of an ES module works without a flag. All that is published is of one mind. */
const NODES = "^20.19.0 || >=22.12.0";

/** What is wrong with a packed `package.json`, for a user who installs it. */
export function manifestFaults({ manifest, files }: Tarball, all: readonly Tarball[]): string[] {
  const faults: string[] = [];
  const { name, version, engines, publishConfig, dependencies = {}, peerDependencies = {} } = manifest;
  for (const field of ["description", "license", "keywords", "sideEffects", "files"] as const) {
    if ((manifest as unknown as Record<string, unknown>)[field] === undefined) faults.push(`has no ${field}`);
  }
  for (const field of ["scripts", "devDependencies"]) {
    if (field in manifest) faults.push(`publishes ${field}; .pnpmfile.mjs takes them out`);
  }
  if (engines?.node !== NODES) faults.push(`is for Node ${engines?.node}; expected ${NODES}`);
  if (publishConfig?.access !== "public" || publishConfig.provenance !== true) {
    faults.push("is not published in public with provenance");
  }
  if (version !== all[0]?.manifest.version)
    faults.push(`${version} is a version of its own; there is one line`);
  for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    if (/^(workspace|catalog|file|link):/.test(range)) faults.push(`depends on ${dependency} ${range}`);
    const sibling = all.find((other) => other.manifest.name === dependency)?.manifest;
    if (sibling !== undefined && range !== sibling.version) {
      faults.push(`depends on ${dependency} ${range}; expected ${sibling.version}, as packed together`);
    }
    if (/^(\*|>(?!.*<))/.test(range))
      faults.push(`takes ${dependency} ${range}, a range without an upper end`);
  }
  for (const { path, file } of targetsOf(manifest)) {
    if (path.includes("source")) faults.push(`${path.join(" ")} is for this tree alone`);
    if (!files.has(file.replace("./", "")))
      faults.push(`${path.join(" ")} is ${file}, which is not in the tarball`);
  }
  for (const [command, file] of Object.entries(manifest.bin ?? {})) {
    const text = files.get(file.replace("./", ""));
    if (!text?.startsWith("#!/usr/bin/env node\n"))
      faults.push(`the command ${command} does not start with a line for Node`);
  }
  if (!name.startsWith("@mintfax-webhooks/")) faults.push("is outside the scope");
  return faults;
}

interface Target {
  /** `["exports", "./node", "types"]` */
  readonly path: readonly string[];
  readonly file: string;
}

function targetsOf(manifest: object): Target[] {
  const { exports, imports } = manifest as { readonly exports?: unknown; readonly imports?: unknown };
  const walk = (path: readonly string[], target: unknown): Target[] =>
    typeof target === "string"
      ? [{ path, file: target }]
      : Object.entries(target ?? {}).flatMap(([key, inner]) => walk([...path, key], inner));
  return [...walk(["exports"], exports), ...walk(["imports"], imports)];
}
