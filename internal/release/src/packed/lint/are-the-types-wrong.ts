import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import type { Tarball } from "../pack/tarballs.ts";

/**
 * What counts for packages that are ES modules only, on Nodes whose `require` takes these. attw does not know of such a
 * `require`: that a CommonJS file gets an ES module is a problem to it. The consumers called CommonJS show that it is none.
 */
const COUNTS: Readonly<Record<Problem["kind"], boolean>> = {
  CJSOnlyExportsDefault: true,
  CJSResolvesToESM: false,
  FallbackCondition: true,
  FalseCJS: true,
  FalseESM: true,
  FalseExportDefault: true,
  InternalResolutionError: true,
  MissingExportEquals: true,
  NamedExports: true,
  NoResolution: true,
  UnexpectedModuleSyntax: true,
  UntypedResolution: true,
};

/** What attw says of a tarball. */
export async function typesFaults({ bytes, manifest }: Tarball): Promise<string[]> {
  const data = Object.keys(manifest.exports).filter((path) => /\.(sql|json)$/.test(path));
  const result = await checkPackage(createPackageFromTarballData(bytes), { excludeEntrypoints: data });
  if (!result.types) return ["attw: has no types"];
  return result.problems
    .filter((problem) => COUNTS[problem.kind] && !isForOldResolution(problem))
    .map((problem) => `attw: ${JSON.stringify(problem)}`);
}

/** `moduleResolution: node10` knows no `exports`. TypeScript 6 deprecated it and 7 no longer has it. */
function isForOldResolution(problem: Problem): boolean {
  return "resolutionKind" in problem && problem.resolutionKind === "node10";
}
