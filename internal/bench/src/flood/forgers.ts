/** The forgers: as many forged requests as this process can send, of every kind, until it is told to stop. */
import { connect, type Socket } from "node:net";
import { forged, KINDS, type Kind } from "./traffic.ts";

/** What the forgers tell at the end. */
export interface Flood {
  readonly elapsedMs: number;
  readonly forgeries: Readonly<Record<Kind, Forgeries>>;
}

/** Of one kind. */
export interface Forgeries {
  readonly sent: number;
  /** By status; `none` where the server ended the connection without an answer. */
  readonly answered: Readonly<Record<string, number>>;
}

/** Connections that send one request after another, each as soon as the last one is answered. */
const CONNECTIONS: Readonly<Record<Kind, number>> = {
  "bad signature, id of a good delivery": 16,
  "bad signature, unknown id": 16,
  "16 bogus tokens": 16,
  "1,000 bogus tokens": 8,
  "stale replay": 8,
  "missing header": 8,
  "oversized, declared": 8,
  "oversized, undeclared": 8,
  // Each is held until the server's own 10 s are over.
  "slow body": 200,
};
/** A byte a second would keep any timeout for idle connections from firing. */
const DRIP_MS = 1_000;

const kinds = Object.keys(KINDS) as Kind[];
const port = Number(process.argv[2]);
const told = Object.fromEntries(
  kinds.map((kind) => [kind, { sent: 0, answered: {} as Record<string, number> }]),
) as Record<Kind, { sent: number; answered: Record<string, number> }>;
const sockets = new Set<Socket>();
const dripping = new Set<Socket>();
/** Kinds that the server has not answered yet. The slow ones are not waited for. */
const unanswered = new Set<Kind>(kinds.filter((kind) => kind !== "slow body"));
const startMs = performance.now();
let over = false;

function open(kind: Kind): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let waiting = false;
  const sendOne = (): void => {
    told[kind].sent += 1;
    waiting = true;
    socket.write(forged(kind));
    if (kind === "slow body") dripping.add(socket);
  };
  socket.on("connect", sendOne);
  socket.on("data", (chunk) => {
    // An answer is far shorter than a segment.
    const text = chunk.toString("latin1");
    const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
    if (status === undefined) return;
    note(kind, status);
    waiting = false;
    // Who is refused with a body still to come is told to go.
    if (over || /^connection: close/im.test(text)) socket.destroy();
    else sendOne();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    sockets.delete(socket);
    dripping.delete(socket);
    if (over) return;
    if (waiting) note(kind, "none");
    setImmediate(open, kind);
  });
  sockets.add(socket);
}

function note(kind: Kind, status: string): void {
  const { answered } = told[kind];
  answered[status] = (answered[status] ?? 0) + 1;
  if (unanswered.delete(kind) && unanswered.size === 0) process.send?.("in full swing");
}

for (const kind of kinds) for (let left = CONNECTIONS[kind]; left > 0; left--) open(kind);
setInterval(() => {
  for (const socket of dripping) socket.write(" ");
}, DRIP_MS);

process.on("message", () => {
  over = true;
  for (const socket of sockets) socket.destroy();
  const flood: Flood = { elapsedMs: performance.now() - startMs, forgeries: told };
  process.send?.(flood, () => process.exit());
});
process.on("disconnect", () => process.exit());
