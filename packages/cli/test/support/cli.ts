import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** The command. */
export const MAIN: string = join(import.meta.dirname, "../../src/main.ts");

/** One that mintfax might have made. */
export const SECRET = "whsec_bWludGZheC1jbGktdGVzdC1zZWNyZXQtMjRieXQ=";

/** Where Node finds what it has compiled before. */
export const COMPILED: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
};

/** The result of a finished command. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Settings {
  /** Beside `PATH`. Default: the secret, in its variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an empty directory. */
  readonly cwd?: string;
  /** Whether it can be asked for {@link RunningCli.bytesInUse}. Default: false. */
  readonly probed?: boolean;
}

/** Node's options that load the probe. */
const PROBE = ["--expose-gc", "--import", join(import.meta.dirname, "heap-probe.ts")];

/** A command that runs as a process of its own. */
export class RunningCli {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(
    args: readonly string[],
    { env = { MINTFAX_WEBHOOK_SECRET: SECRET }, cwd = emptyDirectory(), probed = false }: Settings = {},
  ) {
    // Without the colours and secrets of the environment that runs the tests.
    this.#child = spawn(process.execPath, ["--conditions=source", ...(probed ? PROBE : []), MAIN, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? "", ...COMPILED, ...env },
      stdio: ["ignore", "pipe", "pipe", ...(probed ? (["ipc"] as const) : [])],
    });
    this.#closed = once(this.#child, "close");
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
  }

  /** Waits until it has printed this, and returns the match. */
  async printed(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const source = this.#child[stream];
      if (source === null || source.closed)
        throw new Error(`it ended without ${pattern}: ${this.stdout}${this.stderr}`);
      await Promise.race([once(source, "data"), once(source, "close")]);
    }
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Memory that it uses at this moment, garbage not counted. */
  async bytesInUse(): Promise<number> {
    const answer = once(this.#child, "message");
    this.#child.send("how much?");
    const [bytes] = await answer;
    return bytes;
  }

  async finished(): Promise<Finished> {
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs a command to its end. */
export function cli(args: readonly string[], settings: Settings = {}): Promise<Finished> {
  return new RunningCli(args, settings).finished();
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A directory with nothing in it, not even a `.env`. It is removed after the tests of the file. */
export function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "mintfax-cli-"));
  directories.push(directory);
  return directory;
}
