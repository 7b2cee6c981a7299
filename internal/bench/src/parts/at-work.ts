import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { type Figure, figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

/** Each on a connection of its own, that was open before. */
const DELIVERIES = 900;
const LABELS = {
  bare: "node:http: reads the body, waits, answers",
  core: "node:http: mintfax",
  express: "Express: mintfax",
} as const;
type Name = keyof typeof LABELS;
const NAMES = Object.keys(LABELS) as Name[];
const TARGETS: Readonly<Partial<Record<Name, number>>> = { core: 1_500, express: 2_500 };

/** What a delivery takes of the heap while its handler is at work. */
export async function atWork({ rounds, runtime }: Effort): Promise<PartResult> {
  const found = await inRounds(NAMES, rounds, (name) => bytesEach(name, runtime));
  const all = (name: Name) => found.get(name) as number[];
  const beyond = (name: Name): Figure =>
    figureOf(all(name).map((bytes, round) => bytes - (all("bare")[round] as number)));
  return {
    tables: [
      {
        title: `Heap of each of ${DELIVERIES} deliveries whose handlers are at work, 1 kB`,
        rowsAre: "server",
        columns: [
          { name: "beyond bare node:http", unit: "bytes" },
          { name: "bytes", unit: "bytes" },
        ],
        rows: NAMES.map((name) => ({
          label: LABELS[name],
          figures: [name === "bare" ? undefined : beyond(name), figureOf(all(name))],
        })),
      },
    ],
    targets: Object.entries(TARGETS).map(([name, atMost]) => ({
      what: `${LABELS[name as Name]}: heap of a delivery at work, beyond bare node:http`,
      unit: "bytes" as const,
      atMost,
      found: beyond(name as Name),
    })),
    notes: [],
  };
}

async function bytesEach(name: Name, { node, flags = [] }: Effort["runtime"]): Promise<number> {
  const server = await Child.start(builtFile("inside/at-work"), {
    node,
    flags: [...flags, "--expose-gc"],
    args: [name],
  });
  const heap = () => server.ask<{ atWork: number; bytes: number }>("heap");
  const sockets: Socket[] = [];
  try {
    const port = await server.ask<number>("port");
    for (let n = 0; n < DELIVERIES; n += 1) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      await once(socket, "connect");
    }
    const requests = await server.ask<string[]>("requests", { count: 2 * DELIVERIES });
    // Otherwise the code that V8 makes at the first deliveries would count as theirs.
    for (const socket of sockets) await answered(socket, requests.pop() as string);
    await server.ask("warm");
    const before = (await heap()).bytes;
    for (const [n, socket] of sockets.entries()) socket.write(requests[n] as string, "latin1");
    let after = await heap();
    while (after.atWork < DELIVERIES) {
      await pause(50);
      after = await heap();
    }
    return (after.bytes - before) / DELIVERIES;
  } finally {
    await server.ask("letGo");
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

async function answered(socket: Socket, request: string): Promise<void> {
  socket.write(request, "latin1");
  await once(socket, "data");
}
