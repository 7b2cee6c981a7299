import { oneLine } from "../output/text.ts";

/** Which process holds a claim. */
export interface Holder {
  /** As the store has it. */
  readonly owner: string;
  readonly host?: string;
  readonly pid?: number;
  readonly startedAt?: Date;
}

/** `host/pid/start/random.count`, as core names a process. */
const OWNER = /^([\w-]{1,32})\/(\d{1,10})\/([0-9a-z]{1,8})\/[\w-]{12}\.\d+$/;

/** A store of another version, or another program, may have an owner of another form. */
export function holderFrom(owner: string): Holder {
  const [, host, pid, start] = OWNER.exec(owner) ?? [];
  if (host === undefined) return { owner };
  const startedAt = new Date(Number.parseInt(start ?? "", 36) * 1_000);
  // Cloudflare's Workers have no process id.
  return { owner, host, ...(pid !== "0" && { pid: Number(pid) }), startedAt };
}

/** For people: `process 4711 on web-1`. */
export function holderText({ owner, host, pid }: Holder): string {
  if (host === undefined) return oneLine(owner).slice(0, 80) || "an owner without a name";
  return pid === undefined ? host : `process ${pid} on ${host}`;
}
