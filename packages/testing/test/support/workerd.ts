import type { RunningTarget } from "@mintfax-webhooks/testing/adapter-suite";
import { Miniflare } from "miniflare";
import { bundleForWorkerd } from "./bundle.ts";

/** Runs a Worker in workerd, without `nodejs_compat`, on a socket of its own: nothing of Miniflare's is in between. */
export async function startInWorkerd(
  entry: string,
  bindings: Readonly<Record<string, string>> = {},
): Promise<RunningTarget> {
  const { code } = await bundleForWorkerd(entry);
  const miniflare = new Miniflare({
    modules: true,
    script: code,
    bindings,
    compatibilityDate: "2026-07-01",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  });
  const { origin } = await miniflare.unsafeGetDirectURL();
  return { origin, platform: "workerd", stop: () => miniflare.dispose() };
}
