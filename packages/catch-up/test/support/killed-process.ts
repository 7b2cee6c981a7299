import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Runs a catch-up in a process of its own, and kills it (SIGKILL) once it has had so many events resent. */
export async function killAfter(
  resent: number,
  {
    endpoint,
    apiKey,
    baseUrl,
  }: { readonly endpoint: string; readonly apiKey: string; readonly baseUrl: string },
): Promise<void> {
  const child = fork(join(import.meta.dirname, "catch-up-process.ts"), [endpoint, apiKey, baseUrl], {
    execArgv: ["--conditions=source"],
  });
  const exited = once(child, "exit");
  child.on("message", (count) => {
    if (count === resent) child.kill("SIGKILL");
  });
  const [code, signal] = await exited;
  if (signal !== "SIGKILL") throw new Error(`The process ended by itself, with code ${code}.`);
}
