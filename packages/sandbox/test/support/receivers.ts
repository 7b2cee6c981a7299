import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server that answers every delivery with the next of these statuses, and with the last one from then on. */
export async function answering(
  ...statuses: readonly number[]
): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    const status = statuses[Math.min(count, statuses.length - 1)] ?? 200;
    count += 1;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ outcome: status === 200 ? "processed" : "failed", message: "to +12125551234" }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/mintfax`,
    count: () => count,
  };
}
