import { Miniflare } from "miniflare";
import { bundleWorker } from "test-support/worker-bundle";
import { ends } from "../ends.ts";
import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { compile, versionsOf } from "./compilers.ts";
import { DELIVERED, deliver, SECRET } from "./delivery.ts";

/** A Worker with a Durable Object, at both ends of what the adapter takes of Hono. */
export function workers({ tarballs }: Stage): Proof[] {
  const manifest = tarballs.find((tarball) => tarball.manifest.name === "@mintfax-webhooks/hono")?.manifest;
  return ends(manifest?.peerDependencies?.hono ?? "").map((version) => ({
    name: `Worker, Hono ${version}, Durable Object`,
    run: (stage) => worker(stage, version),
  }));
}

async function worker(stage: Stage, hono: string): Promise<string> {
  const folder = await stage.install("worker", { hono });
  await compile(folder);
  const { code, metafile } = await bundleWorker({ absWorkingDir: folder, entryPoints: ["worker.ts"] });
  const foreign = Object.keys(metafile.inputs).filter((input) => input.startsWith(".."));
  if (foreign.length > 0) throw new Error(`the bundle has files from elsewhere: ${foreign.join(", ")}`);
  const miniflare = new Miniflare({
    modules: true,
    script: code,
    bindings: { MINTFAX_WEBHOOK_SECRET: SECRET },
    durableObjects: { MINTFAX_DEDUP: { className: "MintfaxDedup", useSQLite: true } },
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
  });
  try {
    await deliver((await miniflare.ready).origin);
  } finally {
    await miniflare.dispose();
  }
  return `${DELIVERED}; ${versionsOf()}`;
}
