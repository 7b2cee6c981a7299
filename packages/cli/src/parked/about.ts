import type { ParkedMessage } from "@mintfax-webhooks/queue";

/** What can be read of a parked message. Undefined where it was not written by `handOff`. */
export interface About {
  readonly key: string;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly namespace: string | undefined;
  /** When mintfax generated the event. */
  readonly created: Date | undefined;
  readonly enqueuedAt: Date | undefined;
  readonly parkedAt: Date | undefined;
  readonly attempts: number;
  readonly reason: string;
  /** The name of the key that has sealed the body. */
  readonly sealedWith: string | undefined;
}

export function aboutOf({ key, message, parkedAt, attempts, reason }: ParkedMessage): About {
  const { id, type, namespace, created, enqueuedAt, seal } = Object(message) as Readonly<
    Record<string, unknown>
  >;
  return {
    key,
    id: text(id),
    type: text(type),
    namespace: text(namespace),
    created: time(Number(created) * 1_000),
    enqueuedAt: time(Number(enqueuedAt)),
    parkedAt,
    attempts,
    reason: reason ?? "The engine has kept no reason.",
    sealedWith: text((Object(seal) as Readonly<Record<string, unknown>>).key),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function time(ms: number): Date | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
