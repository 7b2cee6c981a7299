import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("writer-process.ts", import.meta.url));

/** A process that claims and completes ids. */
export interface Writer {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines, or has ended. */
  printed(count: number): Promise<void>;
  /** Resolves once it has ended and all of its lines have been read. */
  readonly ended: Promise<void>;
  /** The ids of the lines with this word. */
  idsOf(word: "claimed" | "done"): string[];
}

/**
 * @param around a program that starts it, such as `unshare`, with its arguments
 * @param args file, name, how many ids, a statement
 */
export function startWriter(
  args: readonly string[],
  { env = {}, around = [] }: { env?: NodeJS.ProcessEnv; around?: readonly string[] } = {},
): Writer {
  const [command = "", ...rest] = [...around, process.execPath, "--conditions=source", PROGRAM, ...args];
  const child = spawn(command, rest, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(() => {});
  reader.on("line", (line) => lines.push(line));
  return {
    child,
    lines,
    ended,
    async printed(count) {
      while (lines.length < count) {
        const isOver = await Promise.race([once(reader, "line").then(() => false), ended.then(() => true)]);
        if (isOver) return;
      }
    },
    idsOf: (word) =>
      lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)),
  };
}
