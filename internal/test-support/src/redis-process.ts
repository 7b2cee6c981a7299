import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** None of them outlives a test that ends without a farewell. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts `redis-server`. @param ready what it says once it can be used */
export async function startRedisProcess(args: readonly string[], ready: string): Promise<ChildProcess> {
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes(ready)) {
      // The rest is not read, and it must not have to wait for that.
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(["redis-server ended before it was ready", ...lines].join("\n"));
}

/** SIGKILL: no farewell, no saving. */
export async function killRedisProcess(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** What `redis-cli`, which comes with the server, is told about a command. */
export async function askRedis(port: number, ...command: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("redis-cli", ["-p", String(port), ...command], {
    timeout: 10_000,
  });
  return stdout;
}

/** Asks again until it is so. */
export async function untilRedisSays(
  port: number,
  command: readonly string[],
  expected: RegExp,
): Promise<void> {
  let said = "";
  for (let tries = 0; tries < 600; tries += 1) {
    said = await askRedis(port, ...command).catch(String);
    if (expected.test(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${command.join(" ")} has not come to say ${expected}, but says:\n${said}`);
}
