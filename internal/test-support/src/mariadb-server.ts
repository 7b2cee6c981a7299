import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeData } from "./data-template.ts";
import { onFreePort } from "./free-port.ts";
import { unprivileged } from "./server-process.ts";
import { type ServerProgram, SupervisedServer } from "./supervised-server.ts";

/** Debian puts it where only root looks. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Whether MariaDB is installed: tests of it are skipped where it is not, and fail under `CI=true`. */
export const HAS_MARIADB: boolean =
  spawnSync("mariadbd", ["--version"], { env }).status === 0 || process.env.CI === "true";

/** A throw-away MariaDB on a free port of this machine, from the binaries that are installed. */
export class MariadbServer extends SupervisedServer {
  /** `mysql://root@127.0.0.1:<port>/test` */
  readonly url: string;

  /** @param settings of the command line. Unless they say otherwise, it does not wait for the disk. */
  static start(settings: Readonly<Record<string, string>> = {}): Promise<MariadbServer> {
    return onFreePort(async (port) => {
      const folder = mkdtempSync(join(tmpdir(), "mariadb-"));
      const user = unprivileged(folder);
      const { prefix, ...ids } = user;
      const data = join(folder, "data");
      await makeData("mariadb", data, () => {
        const init = [
          "mariadb-install-db",
          "--no-defaults",
          `--datadir=${data}`,
          // A server that starts deletes the temporary tables that it finds, of other servers too.
          `--tmpdir=${folder}`,
          "--auth-root-authentication-method=normal",
          "--skip-name-resolve",
        ];
        const [program = "", ...args] = [...prefix, ...init];
        return promisify(execFile)(program, args, { ...ids, env, cwd: "/" });
      });
      const flags = Object.entries({
        datadir: data,
        tmpdir: folder,
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
      const server: ServerProgram = {
        folder,
        user,
        command: ["mariadbd", "--no-defaults", ...flags],
        env,
        ready: "ready for connections",
        failures: ["Aborting"],
        stopSignal: "TERM",
      };
      return new MariadbServer(server, port).started();
    });
  }

  private constructor(server: ServerProgram, port: number) {
    super(server);
    this.url = `mysql://root@127.0.0.1:${port}/test`;
  }
}
