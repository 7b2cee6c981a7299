import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = import.meta.dirname;
const { repository } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/**
 * What is published is for users alone: the condition `source` names files that only this tree resolves (and a user's own
 * monorepo may have a condition of that name), and scripts and devDependencies are of no use to them.
 *
 * In the tree an entry is an ES module. As published it also has a CommonJS twin, for Jest and for TypeScript's CommonJS
 * settings. Node (`module-sync`), Bun and bundlers (`module`) take the ES module for `require` too, so that a process has
 * one copy of each class.
 */
export const hooks = {
  beforePacking({ devDependencies, scripts, ...manifest }, folder) {
    const { exports, imports } = manifest;
    return {
      ...manifest,
      ...(exports && { ...forNode10(exports), exports: published(exports) }),
      ...(imports && { imports: published(imports) }),
      ...addresses(relative(ROOT, folder)),
    };
  },
};

/** `repository` of the root's package.json is the one place that has the project's address; without it there is none. */
function addresses(directory) {
  if (repository === undefined) return {};
  const page = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return {
    repository: { ...repository, directory },
    homepage: `${page}/tree/main/${directory}#readme`,
    bugs: `${page}/issues`,
  };
}

function published(target) {
  if (typeof target === "string") return withTwin(target);
  const kept = Object.entries(target).filter(([condition]) => condition !== "source");
  return Object.fromEntries(kept.map(([condition, inner]) => [condition, published(inner)]));
}

function withTwin(file) {
  if (/^\.\/dist\/.*\.d\.ts$/.test(file)) return { require: twinOf(file), default: file };
  if (/^\.\/dist\/.*\.js$/.test(file))
    return { bun: file, "module-sync": file, module: file, require: twinOf(file), default: file };
  return file;
}

/** `./dist/node.d.ts` to `./dist/node.d.cts`. */
function twinOf(file) {
  return file.replace(/(js|ts)$/, "c$1");
}

/** TypeScript's `moduleResolution: node10` does not read `exports`. */
function forNode10(exports) {
  const { ".": main, ...subpaths } = exports;
  const typed = Object.entries(subpaths).filter(([, { types }]) => types !== undefined);
  const typesVersions = typed.map(([path, { types }]) => [path.slice("./".length), [twinOf(types)]]);
  return {
    ...(main && { main: twinOf(main.default), types: twinOf(main.types) }),
    ...(typed.length > 0 && { typesVersions: { "*": Object.fromEntries(typesVersions) } }),
  };
}
