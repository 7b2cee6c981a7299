import type { Engine } from "./engine.ts";
import type { EngineKind } from "./settings.ts";

/** Loads one engine only: hundreds of processes are started. */
export async function engineOf(kind: EngineKind): Promise<Engine> {
  switch (kind) {
    case "bullmq":
      return (await import("./bullmq.ts")).BULLMQ;
    case "pg-boss":
      return (await import("./pg-boss.ts")).PG_BOSS;
    case "graphile-worker":
      return (await import("./graphile-worker.ts")).GRAPHILE_WORKER;
  }
}
