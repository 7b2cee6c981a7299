import { ExampleProcess, type Line } from "test-support/example-process";

interface Overview {
  readonly orders: Readonly<Record<string, { status: string; log: string[] }>>;
  readonly topUps: number;
}

/** The clinic's server: the Express example, running as a process of its own. */
export class Clinic {
  readonly #server: ExampleProcess;

  /**
   * @param databaseFile where the store keeps which events were processed
   * @param secrets as an operator sets them: several, separated by a space, while one is rotated
   */
  static async open(databaseFile: string, ...secrets: readonly string[]): Promise<Clinic> {
    const env = { DATABASE_FILE: databaseFile, MINTFAX_WEBHOOK_SECRET: secrets.join(" ") };
    return new Clinic(await ExampleProcess.start("express", env));
  }

  private constructor(server: ExampleProcess) {
    this.#server = server;
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get lines(): readonly Line[] {
    return this.#server.lines;
  }

  /** Waits until the server reports what became of an event: it answers first. */
  reported(id: string, outcome?: string): Promise<Line> {
    return this.#server.line((line) => line.id === id && line.outcome === (outcome ?? line.outcome));
  }

  /** Stores an order, so that its fax belongs somewhere. */
  async addOrder(number: string): Promise<void> {
    await fetch(`${this.#server.origin}/orders/${number}`, { method: "PUT" });
  }

  /** What the handlers have done. */
  async overview(): Promise<Overview> {
    return (await (await fetch(`${this.#server.origin}/orders`)).json()) as Overview;
  }

  /** As a power cut does. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** @returns whether everything in flight was finished first */
  async close(): Promise<boolean> {
    const code = await this.#server.stop();
    return code === 0 && this.#server.lines.some((line) => line.drained === true);
  }
}
