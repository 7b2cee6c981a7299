import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import type { Answer, Deed, FromReceiver, Point } from "../receiver/points.ts";

/** The programs that can be started, and which stage of an event they are. */
const PROGRAMS = {
  receiver: "../receiver/main.ts",
  web: "../hand-off/web.ts",
  worker: "../hand-off/worker.ts",
} as const;

export type Program = keyof typeof PROGRAMS;

/** What a program is told as JSON; each knows its own members. */
interface Settings {
  readonly ledger: string;
}

/** What a receiver process is answered at a point that an event is marked for. */
export type OnAsk = (receiver: ReceiverProcess, point: Point, id: string) => Deed | Promise<Deed>;

const alive = new Set<ReceiverProcess>();

/** However this process ends, none of its receivers stays behind, paused ones neither. */
process.once("exit", () => {
  for (const receiver of alive) receiver.signal("SIGKILL");
});

/** A receiver or worker process, started and ended by the conductor. */
export class ReceiverProcess {
  /** Resolves with what it ended of: an exit code or a signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  #port = 0;

  static async start(program: Program, settings: Settings, onAsk: OnAsk): Promise<ReceiverProcess> {
    const receiver = new ReceiverProcess(program, settings, onAsk);
    await Promise.race([
      receiver.#listening(),
      receiver.ended.then((how) => {
        throw new Error(`a receiver ended before it listened: ${how}`);
      }),
    ]);
    return receiver;
  }

  private constructor(program: Program, settings: Settings, onAsk: OnAsk) {
    this.#child = spawn(
      process.execPath,
      ["--conditions=source", join(import.meta.dirname, PROGRAMS[program])],
      {
        env: {
          ...process.env,
          FAULTS_RECEIVER: JSON.stringify(settings),
          // Hundreds of them are started, which halves what a start costs.
          NODE_COMPILE_CACHE: join(dirname(settings.ledger), "compiled"),
        },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      },
    );
    alive.add(this);
    this.ended = once(this.#child, "exit").then(([code, signal]) => {
      alive.delete(this);
      return (code ?? signal) as number | NodeJS.Signals;
    });
    // It may be gone by the time it would be answered.
    this.#child.on("error", () => {});
    this.#child.on("message", async (message: FromReceiver) => {
      if (!("asking" in message)) return;
      const deed = await onAsk(this, message.point, message.id);
      if (this.#child.connected) this.#child.send({ asked: message.asking, deed } satisfies Answer, () => {});
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get port(): number {
    return this.#port;
  }

  /** Nothing happens to one that has ended: its pid may be another process's by now. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
  }

  async #listening(): Promise<void> {
    const [message] = (await once(this.#child, "message")) as [FromReceiver];
    if ("listening" in message) this.#port = message.listening;
  }
}
