import { MariadbServer } from "test-support/mariadb-server";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult } from "../report/result.ts";
import { claimTimes, groupCommit } from "./group-commit.ts";
import type { Effort } from "./part.ts";

/** Of the rate of a statement for each call. Issue 18 asks for the first one of every store. */
const TARGETS = [
  { atOnce: 1, ratio: 0.97 },
  { atOnce: 32, ratio: 2 },
  { atOnce: 128, ratio: 3 },
];

/** The lease store on a real MariaDB of this machine, which does not wait for its disk. */
export async function mysql({ rounds, seconds, runtime }: Effort): Promise<PartResult> {
  const server = await MariadbServer.start();
  const child = await Child.start(builtFile("inside/mysql"), runtime);
  try {
    await child.ask("connect", { url: server.url });
    const lease = { name: "MySQL", child, targets: TARGETS };
    const { tables, ...grouped } = await groupCommit(lease, { rounds, seconds });
    return { ...grouped, tables: [...tables, await claimTimes(lease, { rounds, seconds })] };
  } finally {
    await child.stop();
    await server.stop();
  }
}
