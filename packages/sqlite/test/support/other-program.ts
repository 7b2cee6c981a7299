import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";

/**
 * Another program that uses databases: a process of its own, since two copies of SQLite in one process must not open the
 * same file.
 */
export interface OtherProgram {
  /** Runs SQL text and closes the database. */
  run(file: string, sql: string): Promise<void>;
  /** Runs SQL text and keeps the database open. */
  keep(file: string, sql: string): Promise<void>;
  /** Closes the database that it keeps. */
  leave(file: string): Promise<void>;
}

/** What the other program is sent. */
export interface Order {
  readonly file: string;
  readonly sql: string;
  readonly after: "close" | "keep";
}

/** Started before the tests of the file, and ended after them. */
export function otherProgram(): OtherProgram {
  let child: ChildProcess;
  let turn = Promise.resolve();
  beforeAll(() => {
    child = fork(fileURLToPath(new URL("other-program-process.ts", import.meta.url)), {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
  });
  afterAll(() => child.kill());
  const order = (message: Order): Promise<void> => {
    turn = turn.then(async () => {
      child.send(message);
      const [failure] = await once(child, "message");
      if (failure !== "") throw new Error(failure);
    });
    return turn;
  };
  return {
    run: (file, sql) => order({ file, sql, after: "close" }),
    keep: (file, sql) => order({ file, sql, after: "keep" }),
    leave: (file) => order({ file, sql: "", after: "close" }),
  };
}
