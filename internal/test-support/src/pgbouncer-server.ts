import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onFreePort } from "./free-port.ts";
import { unprivileged } from "./server-process.ts";
import { type ServerProgram, SupervisedServer } from "./supervised-server.ts";

/** Debian keeps it where users other than root do not look. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Whether `pgbouncer` is on the PATH. */
export const HAS_PGBOUNCER: boolean = spawnSync("pgbouncer", ["--version"], { env }).status === 0;

/** A throw-away PgBouncer on a free port of this machine. */
export class PgBouncer extends SupervisedServer {
  /** As the URL of the PostgreSQL behind it, with another port. */
  readonly url: string;

  /**
   * @param behind the URL of a PostgreSQL on this machine
   * @param connections to it at most
   */
  static start(
    behind: string,
    connections = 20,
    mode: "transaction" | "statement" = "transaction",
  ): Promise<PgBouncer> {
    return onFreePort(async (port) => {
      const url = new URL(behind);
      const folder = mkdtempSync(join(tmpdir(), "pgbouncer-"));
      const user = unprivileged(folder);
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
      url.port = String(port);
      const server: ServerProgram = {
        folder,
        user,
        command: ["pgbouncer", file],
        env,
        ready: "process up",
        failures: ["FATAL"],
        stopSignal: "INT",
      };
      return new PgBouncer(server, url.href).started();
    });
  }

  private constructor(server: ServerProgram, url: string) {
    super(server);
    this.url = url;
  }
}
