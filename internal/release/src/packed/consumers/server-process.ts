import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { deliver, SECRET } from "./delivery.ts";

/** To end what hangs. */
const LIMIT_MS = 300_000;

/** Starts a server of a user's, which prints its origin, and sends it deliveries. Rejects where it cannot take them. */
export async function deliverTo(file: string, args: readonly string[], cwd: string): Promise<void> {
  await runServer(file, args, { cwd }, deliver);
}

/** Runs a server of a user's, which prints its origin, until it was used. */
export async function runServer<T>(
  file: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
  use: (origin: string) => Promise<T>,
): Promise<T> {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, MINTFAX_WEBHOOK_SECRET: SECRET, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const closed = once(child, "close");
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  try {
    const lines = createInterface(child.stdout);
    const [origin] = await Promise.race([
      once(lines, "line"),
      once(lines, "close").then(() => {
        throw new Error("it ended before it listened");
      }),
    ]);
    return await use(String(origin));
  } catch (error) {
    throw new Error(
      `${file} ${args.join(" ")}: ${error instanceof Error ? error.message : error}\n${complaints}`,
    );
  } finally {
    clearTimeout(limit);
    // An agent in it may take SIGTERM and end nothing.
    child.kill("SIGKILL");
    await closed;
  }
}
