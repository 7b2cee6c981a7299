import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PLANT } from "../setting.ts";
import type { Message, Report } from "./server/main.ts";

/** The servers, in a process of their own. */
export class Besieged {
  readonly #process: ChildProcess;
  readonly problems: string[] = [];
  ports: Readonly<Record<string, number>> = {};
  #report: ((report: Report) => void) | undefined;

  /** @param plant whether it acts on whatever comes */
  static async start(plant: boolean): Promise<Besieged> {
    const main = join(import.meta.dirname, "server/main.ts");
    const child = fork(main, plant ? [PLANT] : [], {
      // Express and Koa have absolute targets parsed by Node's old parser, which warns once of a port that is none.
      execArgv: ["--conditions=source", "--expose-gc", "--disable-warning=DEP0170"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const besieged = new Besieged(child);
    // Whoever can make a server write can fill its disk, and choose what is in its log.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) =>
        besieged.problems.push(`the servers wrote: ${String(chunk).slice(0, 2_000)}`),
      );
    }
    await new Promise<void>((resolve) => {
      child.on("message", (message: Message) => {
        if ("problem" in message) besieged.problems.push(message.problem);
        else if ("report" in message) besieged.#report?.(message.report);
        else {
          besieged.ports = message.ports;
          resolve();
        }
      });
      child.once("exit", (code, signal) => {
        besieged.problems.push(`the servers ended with ${code ?? signal}`);
        resolve();
      });
    });
    return besieged;
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
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
