/** The forgers: as many forged requests as this process can send, of every kind, until it is told to stop. */
import { connect, type Socket } from "node:net";
import { forged, KINDS, type Kind } from "./traffic.ts";

/** What the forgers tell at the end. */
export interface Forgeries {
  readonly sent: Readonly<Record<Kind, number>>;
  /** By status; `none` where the connection ended without an answer. */
  readonly answered: Readonly<Record<string, number>>;
}

/** Connections that send one request after another, each as soon as the last one is answered. */
const CONNECTIONS: Readonly<Record<Kind, number>> = {
  "bad signature": 24,
  "stale replay": 8,
  "unknown id": 8,
  "giant signature": 8,
  oversized: 8,
  // Each is held until the server's own 10 s are over.
  "slow body": 200,
};

const port = Number(process.argv[2]);
const sent = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
const answered: Record<string, number> = {};
let over = false;

function open(kind: Kind): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let waiting = false;
  let reusable = true;
  const sendOne = (): void => {
    const request = forged(kind);
    reusable = request.reusable;
    sent[kind] += 1;
    waiting = true;
    socket.write(request.bytes);
  };
  socket.on("connect", sendOne);
  socket.on("data", (chunk) => {
    // An answer is far shorter than a segment.
    const text = chunk.toString("latin1");
    const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
    if (status !== undefined) note(status);
    waiting = false;
    // Who is refused by its headers, with a body still to come, is told to go.
    if (over || !reusable || /^connection: close/im.test(text)) socket.destroy();
    else sendOne();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    if (waiting && !over) note("none");
    if (!over) reopen(kind);
  });
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
}

const sockets = new Set<Socket>();

function note(status: string): void {
  answered[status] = (answered[status] ?? 0) + 1;
}

function reopen(kind: Kind): void {
  setImmediate(open, kind);
}

for (const kind of KINDS) for (let left = CONNECTIONS[kind]; left > 0; left--) open(kind);

process.on("message", () => {
  over = true;
  for (const socket of sockets) socket.destroy();
  const forgeries: Forgeries = { sent, answered };
  process.send?.(forgeries, () => process.exit());
});
process.on("disconnect", () => process.exit());
