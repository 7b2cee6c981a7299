import { join } from "node:path";
import type { Proof } from "../proof.ts";
import { DELIVERED } from "./delivery.ts";
import { deliverTo } from "./server-process.ts";

const MODULES = join(import.meta.dirname, "../../../node_modules");

/** The programs themselves: Deno's command is a Node script around it. */
export const BUN: string = join(MODULES, "bun/bin/bun.exe");
export const DENO: string = join(MODULES, "deno/deno");

export const otherRuntimes: readonly Proof[] = [
  {
    name: "Bun, Hono",
    async run(stage) {
      await deliverTo(BUN, ["server.ts"], await stage.install("bun"));
      return DELIVERED;
    },
  },
  {
    name: "Deno, fetch handler",
    async run(stage) {
      const args = ["run", "--allow-net", "--allow-env=MINTFAX_WEBHOOK_SECRET", "--no-remote", "server.ts"];
      await deliverTo(DENO, args, await stage.install("deno"));
      return `${DELIVERED}; needs --allow-net and --allow-env=MINTFAX_WEBHOOK_SECRET only`;
    },
  },
];
