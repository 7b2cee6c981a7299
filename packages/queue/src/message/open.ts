import { MESSAGE_VERSION, type QueuedMessage } from "./message.ts";
import { type Seal, SealRefusal } from "./seal.ts";
import { traceFrom } from "./trace.ts";

/** A message whose body can be worked on. */
export interface OpenedMessage {
  readonly message: QueuedMessage;
  readonly body: string;
}

/** Why a message cannot be opened. It is parked: a person decides. */
export class Unopened {
  readonly code: UnopenedCode;
  readonly message: string;
  /** As far as they can be read. */
  readonly id: string | undefined;
  readonly type: string | undefined;

  constructor(code: UnopenedCode, message: string, { id, type }: { id?: unknown; type?: unknown }) {
    this.code = code;
    this.message = message;
    this.id = typeof id === "string" ? id : undefined;
    this.type = typeof type === "string" ? type : undefined;
  }
}

/** Stable over versions. */
export type UnopenedCode =
  | "message_abandoned"
  | "message_malformed"
  | "message_version_unknown"
  | "message_sealed"
  | "message_unsealed"
  | SealRefusal["code"];

/** Reads what a queue has kept. Never rejects. */
export async function openMessage(value: unknown, seal: Seal | undefined): Promise<OpenedMessage | Unopened> {
  const message = messageFrom(value);
  if (message instanceof Unopened) return message;
  if (message.seal === undefined) {
    if (seal === undefined || seal.acceptUnsealed) return { message, body: message.body };
    return new Unopened(
      "message_unsealed",
      "The message is not sealed, and this worker has a seal. To take such messages: acceptUnsealed of createSeal().",
      message,
    );
  }
  if (seal === undefined) {
    return new Unopened(
      "message_sealed",
      `The message is sealed with the key ${JSON.stringify(message.seal.key.slice(0, 60))}, and this worker has no seal. Give createWorker() the option seal.`,
      message,
    );
  }
  const body = await seal.open(message);
  return body instanceof SealRefusal ? new Unopened(body.code, body.message, message) : { message, body };
}

/** A message that is not opened, since its engine has given up on it. */
export function abandonedMessage(value: unknown, why: string): Unopened {
  return new Unopened("message_abandoned", why, messageFrom(value));
}

/** A `webhook-id`, as receivers take it. */
const ID = /^[!-\-/-~]{1,256}$/;

/** A client that hands on something else than JSON may have members that throw. */
function messageFrom(value: unknown): QueuedMessage | Unopened {
  try {
    return messageIn(value);
  } catch {
    return malformed({});
  }
}

function messageIn(value: unknown): QueuedMessage | Unopened {
  const members = isObject(value) ? value : {};
  const { version, namespace, id, type, created, enqueuedAt, body, seal, trace } = members;
  if (Number.isSafeInteger(version) && (version as number) > MESSAGE_VERSION) {
    return new Unopened(
      "message_version_unknown",
      `The message has version ${version}; this worker knows up to ${MESSAGE_VERSION}. Update the workers before the receivers.`,
      { id, type },
    );
  }
  const isWell =
    version === MESSAGE_VERSION &&
    [namespace, id, type, body].every((text) => typeof text === "string") &&
    ID.test(id as string) &&
    [created, enqueuedAt].every(Number.isSafeInteger) &&
    (seal === undefined ||
      (isObject(seal) && typeof seal.key === "string" && typeof seal.nonce === "string"));
  if (!isWell) return malformed({ id, type });
  const readTrace = traceFrom(trace);
  return {
    version,
    namespace,
    id,
    type,
    created,
    enqueuedAt,
    body,
    ...(seal ? { seal: { key: seal.key, nonce: seal.nonce } } : {}),
    ...(readTrace ? { trace: readTrace } : {}),
  } as unknown as QueuedMessage;
}

function malformed(named: { id?: unknown; type?: unknown }): Unopened {
  return new Unopened(
    "message_malformed",
    "The message was not written by handOff(): expected {version, namespace, id, type, created, enqueuedAt, body}.",
    named,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
