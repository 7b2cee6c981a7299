import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Adds a path to a scope, with and without a slash at its end: Fastify tells these two apart unless it is told not to. */
export function addRoutes(
  scope: FastifyInstance,
  path: string,
  handler: (request: FastifyRequest, reply: FastifyReply) => void,
): void {
  const prefix = withoutTrailingSlash(scope.prefix);
  // Fastify compares decoded paths.
  const bare = withoutTrailingSlash(decodeURI(path));
  for (const below of new Set([bare, withoutRepetition(prefix, bare)])) {
    // For "/" a scope with a prefix takes the prefix itself, too.
    if (below !== "") scope.all(below, { onRequest: handler }, handler);
    const withSlash = `${below}/`;
    if (scope.hasRoute({ method: "POST", url: prefix + withSlash })) continue;
    scope.all(withSlash, { onRequest: handler }, handler);
  }
}

/** The part of a path that a prefix does not end with: `/mintfax` for `/webhooks/mintfax` behind `/api/webhooks`. */
function withoutRepetition(prefix: string, path: string): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (prefix.endsWith(path.slice(0, end))) return path.slice(end);
  }
  return path;
}

function withoutTrailingSlash(path: string): string {
  return path.replace(/\/$/, "");
}
