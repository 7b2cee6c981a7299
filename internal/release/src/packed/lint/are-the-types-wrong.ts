import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import type { Tarball } from "../pack/tarballs.ts";

/** What attw says of a tarball, for every kind of module: node10, node16 from CommonJS and from ES modules, bundler. */
export async function typesFaults({ bytes, manifest }: Tarball): Promise<string[]> {
  const data = Object.keys(manifest.exports).filter((path) => /\.(sql|json)$/.test(path));
  const result = await checkPackage(createPackageFromTarballData(bytes), { excludeEntrypoints: data });
  if (!result.types) return ["attw: has no types"];
  return result.problems.map((problem) => `attw: ${JSON.stringify(problem)}`);
}
