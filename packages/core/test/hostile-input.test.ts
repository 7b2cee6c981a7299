import { createFetchHandler } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { DEFAULT_LIMIT_BYTES, envelope, macOf, SECRET } from "conformance/hostile";
import { describeHostileInput, ROW_COUNT } from "conformance/hostile-input";
import { describe, expect, test, vi } from "vitest";

describeHostileInput("node:http", (lanes) => {
  const byPath = new Map([...lanes].map(([path, options]) => [path, createReceiver(options)]));
  return {
    receivers: [...byPath.values()],
    listener: (req, res) => {
      const receiver = byPath.get(req.url ?? "");
      if (receiver === undefined) res.writeHead(404).end();
      else void handleNodeRequest(receiver, req, res, req);
    },
  };
});

test("the table is as long as was promised", () => {
  expect(ROW_COUNT).toBeGreaterThanOrEqual(80);
});

// Node's parser lets only well-formed lengths through; other platforms are less kind.
// Threat: T06
describe("a declared length, on the fetch handler, is judged before the body is read", () => {
  test.each([
    [String(DEFAULT_LIMIT_BYTES + 1), 413, "body_too_large"],
    ["9".repeat(400), 413, "body_too_large"],
    ["many", 400, "content_length_malformed"],
    ["-1", 400, "content_length_malformed"],
    ["+1", 400, "content_length_malformed"],
    ["1e3", 400, "content_length_malformed"],
    ["0x10", 400, "content_length_malformed"],
    ["10, 10", 400, "content_length_malformed"],
    ["", 400, "content_length_malformed"],
  ])("%.20s: %d %s", async (length, status, code) => {
    const body = new Uint8Array(Buffer.from(envelope()));
    const timestamp = String(Math.floor(Date.now() / 1000));
    const request = new Request("https://clinic.example/", {
      method: "POST",
      headers: {
        "content-length": length,
        "webhook-id": "evt_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${macOf("evt_1", timestamp, body)}`,
      },
      body,
    });
    const handler = vi.fn();
    const response = await createFetchHandler({ secret: SECRET }).on("*", handler)(request);

    expect([response.status, await response.json()]).toMatchObject([status, { outcome: "refused", code }]);
    expect(request.bodyUsed).toBe(false);
    expect(handler).not.toHaveBeenCalled();
  });
});
