import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";

/** What a receiver that a person wrote in an afternoon does with a request. */
export interface Habits {
  /** What it verifies. Default: the bytes that came. */
  readonly verified?: (body: Buffer) => string | Buffer;
  /** Default: all tokens. */
  readonly tokens?: (header: string) => readonly string[];
  /** Default true. */
  readonly checksTime?: boolean;
  /** Default "claimed": marked as begun before the work, and as done or failed after it. */
  readonly dedup?: "claimed" | "before the work" | "after the work" | "none";
}

interface Received {
  readonly id: string;
  readonly body: Buffer;
}

/** A receiver with its habits, and `GET /runs?id=` with the runs of its handler. */
export function naive(secret: string, habits: Habits): RequestListener {
  const runs = new Map<string, number>();
  const known = new Map<string, "begun" | "done">();
  const key = Buffer.from(secret.slice("whsec_".length), "base64");

  const work = async ({ id, body }: Received): Promise<void> => {
    const run = (runs.get(id) ?? 0) + 1;
    runs.set(id, run);
    const order = String(JSON.parse(body.toString()).data?.object?.tags?.certify);
    if (order.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (order.includes("fail once") && run === 1) throw new Error("as asked");
  };

  const process = async (received: Received): Promise<number> => {
    const { dedup = "claimed" } = habits;
    const state = known.get(received.id);
    if (dedup !== "none" && state === "done") return 200;
    if (dedup === "claimed" && state === "begun") return 409;
    if (dedup === "claimed") known.set(received.id, "begun");
    if (dedup === "before the work") known.set(received.id, "done");
    try {
      await work(received);
    } catch {
      if (dedup === "claimed") known.delete(received.id);
      return 500;
    }
    known.set(received.id, "done");
    return 200;
  };

  return async (req, res) => {
    const url = new URL(req.url ?? "", "http://x");
    if (url.pathname === "/runs") {
      res.end(String(runs.get(url.searchParams.get("id") ?? "") ?? 0));
      return;
    }
    const body = await buffer(req).catch(() => Buffer.alloc(0));
    res.statusCode = verifies(req, body, key, habits)
      ? await process({ id: String(req.headers["webhook-id"]), body })
      : 400;
    res.end();
  };
}

function verifies(req: IncomingMessage, body: Buffer, key: Buffer, habits: Habits): boolean {
  const { verified = (bytes) => bytes, tokens = (header) => header.split(" "), checksTime = true } = habits;
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = req.headers;
  if (!id || !timestamp || !signature || req.method !== "POST") return false;
  if (checksTime && !(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false;
  try {
    const mac = createHmac("sha256", key)
      .update(`${id}.${timestamp}.`)
      .update(verified(body))
      .digest("base64");
    JSON.parse(body.toString());
    return tokens(String(signature)).some((token) => equal(token, `v1,${mac}`));
  } catch {
    return false;
  }
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Serves on a free port until `close()`. */
export async function serve(listener: RequestListener): Promise<{ origin: string; close(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
