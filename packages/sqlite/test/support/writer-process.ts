/**
 * Claims and completes ids in a process of its own: `writer-process <file> <name> <ids> [<statement> [<driver>]]`. Writes a line for all that the
 * store has acknowledged: `claimed <id>` and `done <id>`, or `failed <code>` where it has not.
 */
import { writeSync } from "node:fs";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import { DRIVERS } from "./drivers.ts";

const [, , file = "", name = "", ids = "0", statement = "", driver = "better-sqlite3 13"] = process.argv;
const AT_ONCE = 8;

const { database } = (DRIVERS[driver] as (typeof DRIVERS)[string])(file);
const store = createSqliteStore({ database });
// What a test wants to be otherwise on this connection.
if (statement !== "" && "exec" in database) database.exec(statement);

// In one piece, so that what is printed is in the pipe when the process dies.
const print = (line: string): void => void writeSync(1, `${line}\n`);

let next = 0;
async function work(worker: number): Promise<void> {
  while (next < Number(ids)) {
    next += 1;
    const id = `evt_${next}`;
    const key = { namespace: "mintfax", id };
    const owner = `${name}.${worker}.${next}`;
    try {
      const claim = await store.claim(key, owner, 45_000);
      if (claim.state !== "claimed") continue;
      print(`claimed ${id}`);
      if ((await store.complete(key, { owner, fence: claim.fence })) === "ok") print(`done ${id}`);
    } catch (error) {
      print(`failed ${(error as { code?: string }).code}: ${(error as Error).message}`);
    }
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
print("over");
