import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What the proxy does to an answer. `after`: mintfax has already done what it was asked for. */
export type Fault = "500" | "500 after" | "429" | "cut off" | "slow" | "html";

/** A proxy in front of the sandbox's API. */
export interface ApiProxy {
  readonly url: string;
  /** `POST /webhooks/attempts/{id}/retry`, with the id, and the like. */
  readonly requests: string[];
  /** How many requests had which fault. */
  readonly faults: Readonly<Record<string, number>>;
  /** How many answers of mintfax's had which status. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** @param faultOf asked for each request, with the number of those before it */
export async function proxyTo(
  target: string,
  faultOf: (index: number, what: string) => Fault | undefined = () => undefined,
): Promise<ApiProxy> {
  const requests: string[] = [];
  const faults: Record<string, number> = {};
  const statuses: Record<number, number> = {};
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace(/^\/v1/, "");
    const what = `${request.method} ${path.split("&")[0]}`;
    const fault = faultOf(requests.length, what);
    requests.push(what);
    if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1;
    if (fault === "500") return void response.writeHead(500).end();
    if (fault === "429") return void response.writeHead(429, { "retry-after": "1" }).end();
    if (fault === "html") return void response.writeHead(200, { "content-type": "text/html" }).end("<html>");
    const { authorization = "", "idempotency-key": key } = request.headers;
    const answer = await fetch(target + path, {
      method: request.method ?? "GET",
      headers: { authorization, ...(typeof key === "string" && { "idempotency-key": key }) },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (fault === "500 after") return void response.writeHead(500).end();
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      "content-length": body.length,
    });
    if (fault === "slow") await slowly(response, body);
    else if (fault === "cut off") response.write(body.subarray(0, body.length / 2), () => response.destroy());
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { url, requests, faults, statuses };
}

/** Byte after byte, longer than the client waits. */
async function slowly(response: ServerResponse, body: Buffer): Promise<void> {
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  response.end();
}
