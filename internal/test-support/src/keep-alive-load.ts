import { EventEmitter, once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";

/** What became of one connection after another that deliveries were sent over, back to back. */
export interface Load {
  /** Resolves once every connection has been used this often. */
  usedEach(times: number): Promise<void>;
  /** Resolves when no connection can be had any more. */
  readonly refused: Promise<void>;
  /** Statuses of all answers. */
  readonly statuses: readonly number[];
  /** Deliveries that were sent over a connection, and got no answer. */
  readonly dropped: readonly string[];
  /** Of each connection, how many deliveries were answered over it after {@link Load.mark}, where it was open then. */
  readonly answersAfterMark: readonly number[];
  /** From now on, answers are counted by connection. */
  mark(): void;
}

/** Sends deliveries to a server over so many kept-alive connections, each as soon as the last one has been answered. */
export function keepLoading(
  url: string,
  secret: string,
  connections: number,
  event: () => ReturnType<typeof eventFixture> = () => eventFixture("fax.delivered"),
): Load {
  const statuses: number[] = [];
  const dropped: string[] = [];
  const counters = new Map<object, number>();
  const used = new EventEmitter();

  async function deliver(agent: Agent): Promise<boolean> {
    const { headers, body } = signDelivery(event(), { secret });
    const sent = request(url, {
      method: "POST",
      agent,
      headers: { ...headers, "content-length": body.length },
    });
    sent.end(body);
    try {
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      answer.resume();
      await once(answer, "end");
      statuses.push(answer.statusCode ?? 0);
      const counted = counters.get(answer.socket);
      if (counted !== undefined) counters.set(answer.socket, counted + 1);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (code === "ECONNREFUSED") return false;
      dropped.push(`${code || message}${sent.reusedSocket ? " on a kept connection" : ""}`);
    }
    return true;
  }

  const agents = Array.from({ length: connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const times = agents.map(() => 0);
  const refused = Promise.all(
    agents.map(async (agent, index) => {
      while (await deliver(agent)) {
        times[index] = (times[index] ?? 0) + 1;
        used.emit("used");
      }
      agent.destroy();
    }),
  );
  return {
    statuses,
    dropped,
    get answersAfterMark() {
      return [...counters.values()];
    },
    mark() {
      for (const { sockets, freeSockets } of agents) {
        for (const socket of [sockets, freeSockets].flatMap((each) => Object.values(each)).flat()) {
          if (socket !== undefined) counters.set(socket, 0);
        }
      }
    },
    async usedEach(least) {
      while (Math.min(...times) < least) await once(used, "used");
    },
    refused: refused.then(() => {}),
  };
}
