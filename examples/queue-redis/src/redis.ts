import type { ConnectionOptions } from "bullmq";
import { Redis } from "ioredis";

const { REDIS_URL: url = "redis://127.0.0.1:6379" } = process.env;

/** Of BullMQ's Queue and Worker. */
export const connection: ConnectionOptions = {
  url,
  // A server that has fallen silent is left after this time. A Worker's own waits last up to 10 s.
  socketTimeout: 15_000,
  // A primary that has become a replica is left at once.
  reconnectOnError: ({ message }: Error) => message.startsWith("READONLY"),
};

/** What the dedup store and the list of faxes use. */
export const redis: Redis = new Redis(url);
redis.on("error", logError);

/** The message alone: errors of ioredis hold the arguments of a command, and so could quote a fax. */
export function logError({ message }: Error): void {
  console.error(`redis: ${message}`);
}

export function print(record: object): void {
  console.log(JSON.stringify(record));
}
