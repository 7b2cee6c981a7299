import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = import.meta.dirname;
const { repository } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/**
 * What is published is for users alone: the condition `source` names files that only this tree resolves (and a user's own
 * monorepo may have a condition of that name), and scripts and devDependencies are of no use to them.
 */
export const hooks = {
  beforePacking({ devDependencies, scripts, ...manifest }, folder) {
    return { ...withoutSource(manifest), ...addresses(relative(ROOT, folder)) };
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

function withoutSource(manifest) {
  const { exports, imports } = manifest;
  return {
    ...manifest,
    ...(exports && { exports: stripped(exports) }),
    ...(imports && { imports: stripped(imports) }),
  };
}

function stripped(target) {
  if (typeof target !== "object" || target === null) return target;
  const kept = Object.entries(target).filter(([condition]) => condition !== "source");
  return Object.fromEntries(kept.map(([condition, inner]) => [condition, stripped(inner)]));
}
