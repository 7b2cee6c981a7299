import type { Attributes } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { SeenMetric, SeenPoint, SeenSpan, TestSdk } from "test-support/telemetry-seen";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { startSdk } from "./sdk.ts";

/** Attributes of every span and every metric. */
export const PROCESS: Attributes = {
  "messaging.system": "mintfax",
  "messaging.operation.name": "process",
  "messaging.operation.type": "process",
};

/** A handler's own work, as a database client would trace it. */
export function traced(name: string): void {
  trace.getTracer("application").startSpan(name).end();
}

/** What an SDK has exported. Each test registers its own. */
export class Exported {
  #sdk!: TestSdk;

  /** @param version that of the API which the SDK has to be registered with */
  constructor(version: RegExp) {
    beforeEach(() => {
      this.#sdk = startSdk();
      // Where every version of the API looks for the SDK.
      const registered = (globalThis as Record<symbol, unknown>)[Symbol.for("opentelemetry.js.api.1")];
      expect(registered).toMatchObject({ version: expect.stringMatching(version) });
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      // Before the SDK stops, which takes timers.
      vi.useRealTimers();
      await this.#sdk.stop();
    });
  }

  spans(): readonly SeenSpan[] {
    return this.#sdk.spans();
  }

  /** The only one of that name. */
  span(name: string): SeenSpan {
    const found = this.spans().filter((span) => span.name === name);
    expect(found, `spans called ${name}`).toHaveLength(1);
    return found[0] as SeenSpan;
  }

  metrics(): Promise<readonly SeenMetric[]> {
    return this.#sdk.metrics();
  }

  /** The values of a metric, by attributes. */
  async points(name: string): Promise<readonly SeenPoint[]> {
    return (await this.metrics()).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  }
}
