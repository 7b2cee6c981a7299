import { Miniflare } from "miniflare";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import type { RunningTarget } from "../../adapter-suite/index.ts";

/** A Worker's compatibility date and flags, by default the newest date that this workerd knows. */
interface Compatibility {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: string[];
}

const NEWEST: Compatibility = { compatibilityDate: "2026-07-01", compatibilityFlags: [] };

/** The oldest that is promised, in docs/fetch.md and docs/hono.md. */
export const OLDEST: Compatibility = {
  compatibilityDate: "2024-04-03",
  // Without it, workerd tells of rejections as unhandled that are handled.
  compatibilityFlags: ["unhandled_rejection_after_microtask_checkpoint"],
};

/** Runs a Worker in workerd, without `nodejs_compat`, on a socket of its own: nothing of Miniflare's is in between. */
export async function startInWorkerd(
  entry: string,
  bindings: Readonly<Record<string, string>> = {},
  compatibility: Compatibility = NEWEST,
): Promise<RunningTarget> {
  const { code } = await bundleWorker({ ...FROM_SOURCE, entryPoints: [entry] });
  const miniflare = new Miniflare({
    modules: true,
    script: code,
    bindings,
    ...compatibility,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  });
  const { origin } = await miniflare.unsafeGetDirectURL();
  return { origin, platform: "workerd", stop: () => miniflare.dispose() };
}
