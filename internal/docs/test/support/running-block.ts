import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeBlock } from "test-support/code-blocks";
import { freePort } from "test-support/free-port";
import type { BlockFolder } from "./folder.ts";

/** The secret of every endpoint, unless the environment of a block says otherwise. */
export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const RUN_BLOCK = join(import.meta.dirname, "run-block.ts");

/** A block that runs as a module of a reader's, in a process of its own. */
export class RunningBlock {
  /** Where it listens, if it is a server. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #printed = "";

  /**
   * Resolves when the module has been evaluated. Rejects with what it printed if it ends before.
   *
   * @param source the block's own, or what a test has made of it; 3000 in it becomes a free port
   */
  static async start(
    folder: BlockFolder,
    { name, source }: CodeBlock,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningBlock> {
    const port = await freePort();
    const file = join(folder.path, name);
    writeFileSync(file, source.replaceAll(/\b3000\b/g, String(port)));
    const child = spawn(process.execPath, ["--conditions=source", RUN_BLOCK, file, String(port)], {
      cwd: folder.path,
      env: { ...process.env, MINTFAX_WEBHOOK_SECRET: SECRET, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const block = new RunningBlock(child, port);
    const ran = once(child, "message").then(([message]) => message);
    if ((await Promise.race([ran, block.#closed])) !== "ran") throw new Error(block.#printed);
    return block;
  }

  private constructor(child: ChildProcess, port: number) {
    this.port = port;
    this.#child = child;
    this.#closed = once(child, "close");
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#printed += chunk;
        child.emit("printed");
      });
    }
  }

  /** The path of the guides on this server, or another one. */
  url(path: string = "/webhooks/mintfax"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Standard output and standard error, so far. */
  get printed(): string {
    return this.#printed;
  }

  /** Waits for text in what it prints. Rejects if it ends without. */
  async prints(text: string): Promise<void> {
    while (!this.#printed.includes(text)) {
      const printed = once(this.#child, "printed").then(() => true);
      if ((await Promise.race([printed, this.#closed])) !== true)
        throw new Error(`It ended without "${text}":\n${this.#printed}`);
    }
  }

  /** Ends it as a deployment does. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    const [code] = await this.#closed;
    return code as number | null;
  }

  /** Ends it in any case. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
