import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { UsageError } from "../usage-error.ts";

const LOOK_LIMIT_MS = 1_000;

/**
 * What `connect` resolves with.
 *
 * @throws {UsageError} where the server at this URL has TLS and the URL asks for none, or the reverse
 */
export async function connectInScheme<T>(url: string, connect: () => Promise<T>): Promise<T> {
  // A server without TLS takes a greeting of TLS for the start of a command, so the client would wait for its whole limit.
  if (isTls(url) && !(await shakesHands(url)) && (await answersInPlain(url))) {
    throw new UsageError(
      "Redis cannot be used: the server has no TLS on this port, and the URL asks for TLS. Write redis:// in place of rediss://, or " +
        "give the port that has TLS (tls-port).",
    );
  }
  try {
    return await connect();
  } catch (error) {
    if (isTls(url) || isReply(error) || !(await shakesHands(url))) throw error;
    throw new UsageError(
      "Redis cannot be used: the server has TLS on this port, and the URL asks for none. Write rediss:// in place of redis://.",
    );
  }
}

function isTls(url: string): boolean {
  return /^rediss:/i.test(url);
}

/** An error of Redis itself begins with its kind: `WRONGPASS invalid username-password pair`. */
function isReply(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]+ /.test(error.message);
}

/** Nothing is sent after the handshake, so the certificate need not be trusted. */
async function shakesHands(url: string): Promise<boolean> {
  const at = placeOf(url);
  if (at === undefined) return false;
  return (await first(connectTls({ ...at, rejectUnauthorized: false }), "secureConnect")) !== undefined;
}

async function answersInPlain(url: string): Promise<boolean> {
  const at = placeOf(url);
  if (at === undefined) return false;
  const socket = connectPlain(at);
  socket.write("PING\r\n");
  const answer = await first(socket, "data");
  return /^(?:\+PONG|-[A-Z]+ )/.test(String(answer));
}

function placeOf(url: string): { readonly host: string; readonly port: number } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port || 6379) };
}

/** The arguments of the event; undefined where the connection fails or the limit ends first. */
async function first(socket: Socket, event: string): Promise<unknown> {
  try {
    return await once(socket, event, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) });
  } catch {
    return undefined;
  } finally {
    socket.on("error", () => {}).destroy();
  }
}
