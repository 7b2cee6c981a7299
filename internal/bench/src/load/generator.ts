import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { Expected } from "./answers.ts";
import type { LoadResult } from "./client.ts";
import type { Kind } from "./requests.ts";

/** As many as a busy server has in flight. */
export const CONNECTIONS = 32;

/** The load generator's process, on the Node of the bench, which may not be that of the servers. */
export class Generator {
  readonly #child: Child;

  static async start(): Promise<Generator> {
    return new Generator(await Child.start(builtFile("load/main")));
  }

  private constructor(child: Child) {
    this.#child = child;
  }

  /** Makes and signs the requests, which takes time of its own, ahead of {@link send}. @returns bytes of each */
  prepare(kind: Kind, count: number): Promise<number> {
    return this.#child.ask("prepare", { kind, count });
  }

  /** Opens the connections of the next {@link send}, which closes them. */
  open(port: number, expected: Expected, connections: number = CONNECTIONS): Promise<void> {
    return this.#child.ask("open", { port, connections, expected });
  }

  /** @throws where any answer is wrong: then nothing was measured */
  async send(): Promise<LoadResult> {
    const load = await this.#child.ask<LoadResult>("send");
    if (load.wrong > 0) {
      throw new Error(
        `${load.wrong} of ${load.sent} answers were wrong, such as ${load.examples.join(" | ")}`,
      );
    }
    return load;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
