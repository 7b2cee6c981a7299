import type { ViteUserConfig } from "vitest/config";

/** To end what hangs, not to time anything: a busy machine may take long to start a process. */
export const LIMITS = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
} as const;

/**
 * Workspace packages resolve to their sources, so tests need no build.
 *
 * @param platform the condition that chooses core's half for Node or for the web
 */
export function resolvedFor(platform: "node" | "workerd"): Pick<ViteUserConfig, "resolve" | "ssr"> {
  // No "import" here: Vitest hands these to Node, where it would make `require` load the wrong half of a dual package.
  const conditions = ["source", platform];
  return { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };
}
