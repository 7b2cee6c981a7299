import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundleWorker } from "test-support/worker-bundle";
import type { Measurable } from "../load/measure.ts";
import { builtFile } from "../processes/build.ts";
import { endWithUs } from "../processes/running.ts";
import { SECRET } from "../terms.ts";

const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };
/** The unit in which Linux reports processor time: a hundredth of a second. */
const TICK_MICROS = 10_000;

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "2026-07-01",
    bindings = [(name = "MINTFAX_WEBHOOK_SECRET", text = "${SECRET}"), (name = "FAXES", queue = "broker")],
  )), (name = "broker", worker = (
    modules = [(name = "broker.js", esModule = "export default { fetch: async (request) => { await request.arrayBuffer(); return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }); } }")],
    compatibilityDate = "2026-07-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** A Worker in workerd, in a fresh process. */
export class WorkerServer implements Measurable {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  /** @param name of a file in `src/worker` */
  static async start(name: string): Promise<WorkerServer> {
    const folder = mkdtempSync(join(tmpdir(), "mintfax-bench-"));
    writeFileSync(
      join(folder, "worker.js"),
      (await bundleWorker({ entryPoints: [builtFile(`worker/${name}`)], minify: true })).code,
    );
    writeFileSync(join(folder, "config.capnp"), CONFIG);
    const process_ = spawn(workerd, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    endWithUs(process_);
    for await (const line of createInterface(process_.stdio[3] as Readable)) {
      const { event, port } = JSON.parse(line) as { event: string; port: number };
      if (event === "listen") return new WorkerServer(process_, folder, port);
    }
    throw new Error("workerd ended before it listened");
  }

  private constructor(process_: ChildProcess, folder: string, port: number) {
    this.#process = process_;
    this.#folder = folder;
    this.port = port;
  }

  async cpuMicros(): Promise<number> {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, "utf8");
    // utime and stime, the 14th and 15th; a name may hold spaces.
    const [user, system] = stat
      .replace(/^.*\) /s, "")
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return ((user ?? 0) + (system ?? 0)) * TICK_MICROS;
  }

  /** It is not counted there; every answer says so by itself. */
  async handled(): Promise<undefined> {
    return undefined;
  }

  async stop(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
    rmSync(this.#folder, { recursive: true });
  }
}
