import type { Log } from "./log.ts";

/** The same lines without a library. */
export function createConsoleLog(): Log {
  const write =
    (level: string) =>
    (fields: object): void =>
      console.log(JSON.stringify({ level, time: new Date().toISOString(), ...fields }));
  return { info: write("info"), warn: write("warn"), error: write("error") };
}
