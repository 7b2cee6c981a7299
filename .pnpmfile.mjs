/**
 * What is published is for users alone: the condition `source` names files that only this tree resolves (and a user's own
 * monorepo may have a condition of that name), and scripts and devDependencies are of no use to them.
 */
export const hooks = {
  beforePacking({ devDependencies, scripts, ...manifest }) {
    return withoutSource(manifest);
  },
};

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
