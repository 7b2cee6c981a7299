import { type ChildProcess, spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import { createInterface } from "node:readline";

const NOBODY = 65_534;

/** How a command runs as another user than root. */
export interface Unprivileged {
  /** Comes before the command. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** For servers that refuse to run as root: then as root in a namespace where that is another user, or as nobody. */
export function unprivileged(folder: string): Unprivileged {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];
  if (spawnSync("unshare", [...prefix.slice(1), "true"]).status === 0) return { prefix };
  chownSync(folder, NOBODY, NOBODY);
  return { prefix: [], uid: NOBODY, gid: NOBODY };
}

/** Waits for a line of a server's log. Rejects with all of them where one of `failures` comes first. */
export async function said(
  { stderr }: ChildProcess,
  line: string,
  failures: readonly string[] = [],
): Promise<void> {
  if (stderr === null) throw new Error("the server has no standard error");
  const log: string[] = [];
  const lines = createInterface(stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (text) => {
      log.push(text);
      if (text.includes(line)) resolve();
      if (failures.some((failure) => text.includes(failure))) reject(new Error(log.join("\n")));
    });
    lines.once("close", () => reject(new Error(log.join("\n"))));
  }).finally(() => {
    lines.close();
    // Read on, but not kept: a server whose log is not read stops one day.
    stderr.resume();
  });
}
