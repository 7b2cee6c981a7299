import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { SECRET } from "test-support/receiving";
import { expect, test } from "vitest";

const SERVER = join(import.meta.dirname, "support/traced-server.ts");

interface Seen {
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
}

// A process of its own: HTTP instrumentation changes `node:http` for the whole process.
test.each(["express", "hono", "koa", "fetch"])(
  "in %s, the delivery's span is below the request's and above the handler's",
  async (framework) => {
    const child = spawn(process.execPath, ["--conditions=source", SERVER, framework], {
      env: { ...process.env, MINTFAX_WEBHOOK_SECRET: SECRET },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async <T>(): Promise<T> => {
      const { value } = await lines.next();
      if (value === undefined) throw new Error(`the server ended with code ${child.exitCode}`);
      return JSON.parse(value) as T;
    };
    try {
      const { url } = await next<{ url: string }>();
      const event = eventFixture("fax.delivered");
      expect((await createTestSender({ secret: SECRET, to: url }).attempt(event)).status).toBe(200);
      child.kill("SIGTERM");
      const { spans } = await next<{ spans: readonly Seen[] }>();
      const request = spans.find(({ name }) => name.startsWith("POST"));
      expect(request, JSON.stringify(spans)).toBeDefined();
      const delivery = spans.find(({ name }) => name === "process fax.delivered");
      expect(delivery?.parent).toBe(request?.id);
      expect(spans.find(({ name }) => name === "handler's query")?.parent).toBe(delivery?.id);
    } finally {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
  },
);
