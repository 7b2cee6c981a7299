import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PLANT } from "test-support/siege-setting";
import type { Message, Report } from "./server/main.ts";
import { faultsInWritten } from "./written.ts";

/** Express, Koa and Hono; the server of `node:http` answers other paths by itself. */
const RECEIVERS_THAT_MISS = 3;
/** Of what the servers write, far more than they should. */
const MOST_KEPT_CHARACTERS = 1_000_000;

/** The servers, in a process of their own. */
export class Besieged {
  readonly #process: ChildProcess;
  readonly #problems: string[] = [];
  #written = "";
  ports: Readonly<Record<string, number>> = {};
  #report: ((report: Report) => void) | undefined;

  /** @param plant whether it acts on every request, unverified */
  static async start(plant: boolean): Promise<Besieged> {
    const main = join(import.meta.dirname, "server/main.ts");
    const child = fork(main, plant ? [PLANT] : [], {
      // Express and Koa have absolute targets parsed by Node's old parser, which warns once of a port that is none.
      execArgv: ["--conditions=source", "--expose-gc", "--disable-warning=DEP0170"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const besieged = new Besieged(child);
    child.stdout?.on("data", (chunk) => {
      besieged.#problems.push(`the servers wrote: ${String(chunk).slice(0, 2_000)}`);
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      if (besieged.#written.length < MOST_KEPT_CHARACTERS) besieged.#written += chunk;
    });
    await new Promise<void>((resolve) => {
      child.on("message", (message: Message) => {
        if ("problem" in message) besieged.#problems.push(message.problem);
        else if ("report" in message) besieged.#report?.(message.report);
        else {
          besieged.ports = message.ports;
          resolve();
        }
      });
      child.once("exit", (code, signal) => {
        besieged.#problems.push(`the servers ended with ${code ?? signal}`);
        resolve();
      });
    });
    return besieged;
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** All that was wrong so far. */
  get problems(): readonly string[] {
    return [...this.#problems, ...faultsInWritten(this.#written, RECEIVERS_THAT_MISS)];
  }

  /** Lets everything come to rest, and counts. */
  report(): Promise<Report> {
    return new Promise((resolve) => {
      this.#report = resolve;
      this.#process.send("report");
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.disconnect();
    await exit;
  }
}
