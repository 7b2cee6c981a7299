import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { FromChild, ToChild } from "./protocol.ts";
import { endWithUs } from "./running.ts";

export interface ChildOptions {
  /** The program that runs it. Default: the Node of this process. */
  readonly node?: string | undefined;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
}

/** A process that answers questions, one at a time. */
export class Child {
  readonly #process: ChildProcess;
  #asked = 0;

  static async start(file: string, { node, flags = [], args = [] }: ChildOptions = {}): Promise<Child> {
    const process_ = fork(file, [...args], {
      execPath: node ?? process.execPath,
      execArgv: [...flags],
      env: { ...process.env, NODE_ENV: "production" },
    });
    endWithUs(process_);
    const child = new Child(process_);
    await child.#message((message) => "ready" in message);
    return child;
  }

  private constructor(process_: ChildProcess) {
    this.#process = process_;
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** @throws with what the child threw */
  async ask<T>(question: string, argument?: unknown): Promise<T> {
    const id = ++this.#asked;
    const answer = this.#message((message) => "id" in message && message.id === id);
    this.#process.send({ id, question, argument } satisfies ToChild);
    const message = await answer;
    if ("error" in message) throw new Error(message.error);
    return (message as { value: T }).value;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    // It ends by itself then, and writes the profile that it may have been told to write.
    this.#process.disconnect();
    await exit;
  }

  #message(isIt: (message: FromChild) => boolean): Promise<FromChild> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const done = () => {
        child.off("message", onMessage).off("exit", onExit);
      };
      const onMessage = (message: FromChild) => {
        if (!isIt(message)) return;
        done();
        resolve(message);
      };
      const onExit = (code: number | null, signal: string | null) => {
        done();
        reject(new Error(`${child.spawnargs.slice(1).join(" ")} ended early: ${code ?? signal}`));
      };
      child.on("message", onMessage).on("exit", onExit);
    });
  }
}
