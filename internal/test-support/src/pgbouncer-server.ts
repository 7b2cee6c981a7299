import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { said, unprivileged } from "./server-process.ts";

/** Debian keeps it where users other than root do not look. */
const PATH = `${process.env.PATH}:/usr/sbin`;

/** Whether `pgbouncer` is on the PATH. */
export const HAS_PGBOUNCER: boolean =
  spawnSync("pgbouncer", ["--version"], { env: { ...process.env, PATH } }).status === 0;

/** Runs PgBouncer until the standard input ends, as it does however this process dies; then leaves nothing behind. */
const SUPERVISOR = `folder=$1; shift; "$@" <&- & read end; kill -INT $!; wait $!; rm -rf "$folder"`;
/** Another process may take the free port before PgBouncer does. */
const TRIES = 5;

/** A throw-away PgBouncer on a free port of this machine. */
export class PgBouncer {
  /** As the URL of the PostgreSQL behind it, with another port. */
  readonly url: string;
  readonly #supervisor: ChildProcess;

  /**
   * @param behind the URL of a PostgreSQL on this machine
   * @param connections to it at most
   */
  static async start(
    behind: string,
    connections = 20,
    mode: "transaction" | "statement" = "transaction",
  ): Promise<PgBouncer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await PgBouncer.#start(new URL(behind), connections, mode);
      } catch (error) {
        if (tries === TRIES || !String(error).includes("Address already in use")) throw error;
      }
    }
  }

  static async #start(url: URL, connections: number, mode: string): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), "pgbouncer-"));
    const { prefix, ...user } = unprivileged(folder);
    const port = await freePort();
    const file = join(folder, "pgbouncer.ini");
    writeFileSync(
      file,
      `[databases]
* = host=${url.hostname} port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, "users.txt")}
pool_mode = ${mode}
default_pool_size = ${connections}
max_client_conn = 1000
`,
    );
    writeFileSync(join(folder, "users.txt"), `"${url.username}" ""\n`);
    const command = ["sh", folder, ...prefix, "pgbouncer", file];
    const supervisor = spawn("sh", ["-c", SUPERVISOR, ...command], {
      ...user,
      cwd: "/",
      env: { ...process.env, PATH },
      // Of its own group, so that Ctrl-C leaves it to the test for a last word.
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    });
    url.port = String(port);
    const started = new PgBouncer(supervisor, url.href);
    try {
      await said(supervisor, "process up", ["FATAL"]);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  private constructor(supervisor: ChildProcess, url: string) {
    this.#supervisor = supervisor;
    this.url = url;
  }

  async stop(): Promise<void> {
    if (this.#supervisor.exitCode !== null) return;
    const exit = once(this.#supervisor, "exit");
    this.#supervisor.stdin?.end();
    await exit;
  }
}
