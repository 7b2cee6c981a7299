import type { ContestantName } from "../contestants/list.ts";
import type { ServerState } from "../contestants/serve.ts";
import type { Measurable } from "../load/measure.ts";
import { builtFile } from "../processes/build.ts";
import { Child, type ChildOptions } from "../processes/child.ts";

/** A contestant's server, in a fresh process. */
export class Server implements Measurable {
  readonly port: number;
  readonly #child: Child;

  static async start(name: ContestantName, options: ChildOptions): Promise<Server> {
    const child = await Child.start(builtFile("contestants/serve"), { ...options, args: [name] });
    return new Server(child, await child.ask<ServerState>("state"));
  }

  private constructor(child: Child, { port }: ServerState) {
    this.#child = child;
    this.port = port;
  }

  async cpuMicros(): Promise<number> {
    return (await this.#child.ask<ServerState>("state")).cpuMicros;
  }

  async handled(): Promise<number> {
    return (await this.#child.ask<ServerState>("state")).handled;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
