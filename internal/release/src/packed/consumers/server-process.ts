import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { deliver, SECRET } from "./delivery.ts";

/** To end what hangs. */
const START_LIMIT_MS = 60_000;

/** Starts a server of a user's, which prints its origin, and sends it deliveries. Rejects where it cannot take them. */
export async function deliverTo(file: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, MINTFAX_WEBHOOK_SECRET: SECRET },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const closed = once(child, "close");
  const limit = setTimeout(() => child.kill("SIGKILL"), START_LIMIT_MS);
  try {
    const lines = createInterface(child.stdout);
    const [origin] = await Promise.race([
      once(lines, "line"),
      once(lines, "close").then(() => {
        throw new Error("it ended before it listened");
      }),
    ]);
    await deliver(String(origin));
  } catch (error) {
    throw new Error(
      `${file} ${args.join(" ")}: ${error instanceof Error ? error.message : error}\n${complaints}`,
    );
  } finally {
    clearTimeout(limit);
    child.kill();
    await closed;
  }
}
