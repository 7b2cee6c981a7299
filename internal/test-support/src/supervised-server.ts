import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { said, type Unprivileged } from "./server-process.ts";

/**
 * Runs the server until its standard input ends, as it does however this process dies; then leaves nothing behind.
 * Meanwhile it takes orders: the server is its child, so it can hit no other process.
 */
const SUPERVISOR = `folder=$1; signal=$2; shift 2; "$@" <&- &
while read order; do case $order in
  kill) kill -KILL $!; wait $!; echo "the server was killed" >&2 ;;
  start) "$@" <&- & ;;
  freeze) kill -STOP $!; for child in $(pgrep -P $!); do kill -STOP $child; done; echo "the server is frozen" >&2 ;;
  thaw) kill -CONT $(pgrep -P $!) $!; echo "the server goes on" >&2 ;;
esac; done
kill -CONT $(pgrep -P $!) $!; kill -$signal $!; wait $!; rm -rf "$folder"`;
const RESTARTS = 50;

/** A server as a program, with what it says in its log. */
export interface ServerProgram {
  /** What it needs. Deleted once it has ended. */
  readonly folder: string;
  readonly user: Unprivileged;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly ready: string;
  /** What it says where it ends instead. */
  readonly failures: readonly string[];
  /** Ends it while clients are connected. */
  readonly stopSignal: "INT" | "TERM";
}

/** A throw-away server, whose process a test can kill, freeze and start once more. */
export class SupervisedServer {
  readonly #program: ServerProgram;
  readonly #supervisor: ChildProcess;

  /** Begins to start it. */
  protected constructor(program: ServerProgram) {
    const { folder, user, command, env, stopSignal } = program;
    const { prefix, ...ids } = user;
    this.#program = program;
    this.#supervisor = spawn("sh", ["-c", SUPERVISOR, "sh", folder, stopSignal, ...prefix, ...command], {
      ...ids,
      ...(env !== undefined && { env }),
      cwd: "/",
      // Of its own group, so that Ctrl-C does not end it before its user has finished.
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    });
  }

  /** Resolves once it takes connections. Rejects with its log, and with all of it gone, where it ends instead. */
  protected async started(): Promise<this> {
    try {
      await this.#ready();
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** SIGKILL: no farewell, no saving. */
  async kill(): Promise<void> {
    await this.#order("kill", "the server was killed");
  }

  /** SIGSTOP to all of its processes: the system still takes connections in for it, and nothing is answered. */
  async freeze(): Promise<void> {
    await this.#order("freeze", "the server is frozen");
  }

  /** Lets it go on after {@link freeze}, with what has come in meanwhile. */
  async thaw(): Promise<void> {
    await this.#order("thaw", "the server goes on");
  }

  /** Starts it once more after {@link kill}, on the same data and port. */
  async restart(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const up = this.#ready();
      this.#supervisor.stdin?.write("start\n");
      try {
        return await up;
      } catch (error) {
        // What a killed PostgreSQL leaves of itself goes away in its own time.
        if (tries === RESTARTS || !String(error).includes("still in use")) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Ends it, breaking what connections there are, and deletes its data. */
  async stop(): Promise<void> {
    if (this.#supervisor.exitCode !== null) return;
    const exit = once(this.#supervisor, "exit");
    this.#supervisor.stdin?.end();
    await exit;
  }

  #ready(): Promise<void> {
    return said(this.#supervisor, this.#program.ready, this.#program.failures);
  }

  async #order(order: string, done: string): Promise<void> {
    const answered = said(this.#supervisor, done);
    this.#supervisor.stdin?.write(`${order}\n`);
    await answered;
  }
}
