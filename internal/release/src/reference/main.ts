/**
 * Makes the API reference of the docstrings: web pages in `internal/release/site`. Exits with 1 for a public symbol without a
 * docstring, for a link that leads nowhere, and for code that TypeDoc cannot read.
 *
 *   pnpm reference            # writes the pages
 *   pnpm reference --check    # writes nothing
 */
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { Application, type ProjectReflection } from "typedoc";
import { type EntryPoint, entryPointsOf } from "./entry-points.ts";

declare module "typedoc" {
  interface TypeDocOptionMap {
    /** Of typedoc-plugin-missing-exports. */
    placeInternalsInOwningModule: boolean;
  }
}

const entryPoints = entryPointsOf(ROOT);
const app = await Application.bootstrapWithPlugins({
  name: "mintfax-webhooks",
  entryPoints: entryPoints.map(({ source }) => join(ROOT, source)),
  tsconfig: join(ROOT, "internal/release/src/reference/tsconfig.json"),
  out: join(ROOT, "internal/release/site"),
  readme: "none",
  disableSources: true,
  // Types that signatures name and no package exports have a page too, and therefore need a docstring.
  plugin: ["typedoc-plugin-missing-exports"],
  placeInternalsInOwningModule: true,
  excludeExternals: true,
  excludePrivate: true,
  validation: { invalidLink: true, notDocumented: true },
  // Without this list TypeDoc asks for the docstrings of the root's package alone, which has none.
  packagesRequiringDocumentation: entryPoints.map(({ name }) => name),
  // A property whose name and type say everything may go without.
  requiredToBeDocumented: ["Variable", "Function", "Class", "Interface", "TypeAlias", "Method", "Accessor"],
});

const project = await app.convert();
if (project !== undefined) {
  nameAsImported(project, entryPoints);
  app.validate(project);
  if (!process.argv.includes("--check")) await app.generateOutputs(project);
}
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;

/** TypeDoc names a module after its file; readers know it by what they import. */
function nameAsImported({ children = [] }: ProjectReflection, imports: readonly EntryPoint[]): void {
  for (const module of children) {
    const own = imports.find(
      ({ source }) => source.replace(/^packages\/|(\/index)?\.ts$/g, "") === module.name,
    );
    if (own !== undefined) module.name = own.specifier;
  }
}
