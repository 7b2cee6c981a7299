import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { said, unprivileged } from "./server-process.ts";

/** Debian puts it where only root looks. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Whether MariaDB is installed: tests of it are skipped where it is not, and fail under `CI=true`. */
export const HAS_MARIADB: boolean =
  spawnSync("mariadbd", ["--version"], { env }).status === 0 || process.env.CI === "true";

/** Runs the server until its standard input ends, however this process dies; then leaves nothing behind. */
const SUPERVISOR = `folder=$1; shift; "$@" <&- &
while read order; do case $order in
  kill) kill -KILL $!; wait $!; echo "the server was killed" >&2 ;;
  start) "$@" <&- & ;;
  freeze) kill -STOP $!; echo "the server is frozen" >&2 ;;
  thaw) kill -CONT $!; echo "the server goes on" >&2 ;;
esac; done
kill -CONT $!; kill -TERM $!; wait $!; rm -rf "$folder"`;
/** Another process may take the free port before the server does. */
const TRIES = 5;

/** A throw-away MariaDB on a free port of this machine, from the binaries that are installed. */
export class MariadbServer {
  /** `mysql://root@127.0.0.1:<port>/test` */
  readonly url: string;
  readonly #supervisor: ChildProcess;

  /** @param settings of the command line. Unless they say otherwise, it does not wait for the disk. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<MariadbServer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await MariadbServer.#start(settings);
      } catch (error) {
        if (tries === TRIES || !String(error).includes("Address already in use")) throw error;
      }
    }
  }

  static async #start(settings: Readonly<Record<string, string>>): Promise<MariadbServer> {
    const folder = mkdtempSync(join(tmpdir(), "mariadb-"));
    const { prefix, ...user } = unprivileged(folder);
    const data = join(folder, "data");
    const init = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal"];
    const [program = "", ...args] = [...prefix, "mariadb-install-db", ...init, "--skip-name-resolve"];
    await promisify(execFile)(program, args, { ...user, env, cwd: "/" });

    const port = await freePort();
    const flags = Object.entries({
      datadir: data,
      port: String(port),
      socket: join(folder, "socket"),
      "pid-file": join(folder, "pid"),
      "bind-address": "127.0.0.1",
      "skip-name-resolve": "1",
      "max-connections": "300",
      "innodb-buffer-pool-size": "32M",
      "innodb-flush-log-at-trx-commit": "0",
      ...settings,
    }).map(([name, value]) => `--${name}=${value}`);
    const server = [...prefix, "mariadbd", "--no-defaults", ...flags];
    const supervisor = spawn("sh", ["-c", SUPERVISOR, "sh", folder, ...server], {
      ...user,
      env,
      cwd: "/",
      // Of its own group, so that Ctrl-C does not end it before its user has finished.
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    });
    const started = new MariadbServer(supervisor, port);
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
    this.url = `mysql://root@127.0.0.1:${port}/test`;
  }

  /** SIGKILL: no farewell, no saving. */
  async kill(): Promise<void> {
    await this.#order("kill", "the server was killed");
  }

  /** SIGSTOP: the system still takes connections in for it, and nothing is answered. */
  async freeze(): Promise<void> {
    await this.#order("freeze", "the server is frozen");
  }

  /** Lets it go on after {@link freeze}, with what has come in meanwhile. */
  async thaw(): Promise<void> {
    await this.#order("thaw", "the server goes on");
  }

  /** Starts it once more after {@link kill}, on the same data and port. */
  async restart(): Promise<void> {
    const up = ready(this.#supervisor);
    this.#supervisor.stdin?.write("start\n");
    await up;
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

/** Rejects with what the server said where it ended instead. */
function ready(supervisor: ChildProcess): Promise<void> {
  return said(supervisor, "ready for connections", ["Aborting"]);
}
