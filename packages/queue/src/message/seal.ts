import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions } from "@mintfax-webhooks/core/store";
import { fromBase64, toBase64 } from "./base64.ts";
import type { QueuedMessage } from "./message.ts";

/** Options of {@link createSeal}. */
export interface SealOptions {
  /**
   * The ring of keys, by names of your choice: each 32 bytes, as base64 or as bytes. Messages name the key that sealed
   * them, so keep an old key here until no message needs it.
   */
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
  /** The name of the key that seals new messages. */
  readonly current: string;
  /**
   * Whether a worker takes messages that are not sealed, as while sealing is being introduced. Default false: they are
   * parked, since a person who can write to the queue could have made them.
   */
  readonly acceptUnsealed?: boolean;
}

/** Encrypts the bodies of messages at rest. */
export interface Seal {
  readonly acceptUnsealed: boolean;
  /** The message with its body encrypted by the current key. */
  seal(message: QueuedMessage): Promise<QueuedMessage>;
  /** The text of a sealed message's body, or why it cannot be had. Never rejects. */
  open(message: QueuedMessage): Promise<string | SealRefusal>;
}

/** Why a sealed message cannot be opened. */
export class SealRefusal {
  readonly code: "seal_key_unknown" | "seal_broken";
  readonly message: string;

  constructor(code: SealRefusal["code"], message: string) {
    this.code = code;
    this.message = message;
  }
}

const KEY_BYTES = 32;
/** NIST SP 800-38D, 8.2.2: the length at which a random nonce may be used, for at most 2^32 messages a key. */
const NONCE_BYTES = 12;

/**
 * Seals messages with AES-256-GCM. What identifies a message (version, namespace, id, type) is not encrypted, but cannot be
 * changed without breaking the seal.
 *
 * @throws {ConfigurationError} `option_invalid` for a key that does not have 32 bytes, or a `current` that is not in the ring
 *
 * @example
 * ```ts
 * // Make a key with: openssl rand -base64 32
 * const seal = createSeal({ keys: { "2026-11": process.env.QUEUE_KEY_2026_11! }, current: "2026-11" });
 * webhooks.on("*", handOff(queue, { seal }));
 * ```
 */
export function createSeal(options: SealOptions): Seal {
  checkOptions(options, ["keys", "current", "acceptUnsealed"], "createSeal()");
  const { keys, current, acceptUnsealed = false } = options;
  if (typeof keys !== "object" || keys === null) throw invalid("keys is not an object of keys by name");
  if (typeof acceptUnsealed !== "boolean") throw invalid("acceptUnsealed is neither true nor false");
  const ring = new Map(Object.entries(keys).map(([name, key]) => [name, bytesOf(name, key)]));
  if (typeof current !== "string" || !ring.has(current)) {
    throw invalid(
      `current does not name one of the keys (${[...ring.keys()].join(", ") || "there are none"})`,
    );
  }
  return new AesGcmSeal(ring, current, acceptUnsealed);
}

/**
 * Otherwise a key given as the seal would fail at the first message.
 *
 * @throws {ConfigurationError} `option_invalid`
 */
export function checkSeal(seal: Seal | undefined): void {
  if (seal === undefined || (typeof seal?.seal === "function" && typeof seal.open === "function")) return;
  throw new ConfigurationError("option_invalid", "seal is not a seal; expected what createSeal() returns.");
}

class AesGcmSeal implements Seal {
  readonly acceptUnsealed: boolean;
  readonly #current: string;
  readonly #bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly #keys = new Map<string, Promise<CryptoKey>>();

  constructor(bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, current: string, acceptUnsealed: boolean) {
    this.#bytes = bytes;
    this.#current = current;
    this.acceptUnsealed = acceptUnsealed;
  }

  async seal(message: QueuedMessage): Promise<QueuedMessage> {
    const key = await this.#keyOf(this.#current);
    if (key === undefined) throw new Error("The current key has left the ring.");
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: identityOf(message) },
      key,
      new TextEncoder().encode(message.body),
    );
    return {
      ...message,
      body: toBase64(new Uint8Array(sealed)),
      seal: { key: this.#current, nonce: toBase64(nonce) },
    };
  }

  async open(message: QueuedMessage): Promise<string | SealRefusal> {
    const { seal } = message;
    const key = seal === undefined ? undefined : await this.#keyOf(seal.key);
    if (seal === undefined || key === undefined) {
      return new SealRefusal(
        "seal_key_unknown",
        `The message is sealed with the key ${JSON.stringify(seal?.key.slice(0, 60))}, which is not among the keys of createSeal().`,
      );
    }
    try {
      const text = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: fromBase64(seal.nonce), additionalData: identityOf(message) },
        key,
        fromBase64(message.body),
      );
      return new TextDecoder().decode(text);
    } catch {
      return new SealRefusal(
        "seal_broken",
        "The message was changed after it was sealed, or its key has other bytes than the key of that name here.",
      );
    }
  }

  #keyOf(name: string): Promise<CryptoKey> | undefined {
    const bytes = this.#bytes.get(name);
    if (bytes === undefined) return undefined;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
      this.#keys.set(name, key);
    }
    return key;
  }
}

/** JSON, since a list of texts that are only joined can be split in other places. */
function identityOf({ version, namespace, id, type }: QueuedMessage): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([version, namespace, id, type]));
}

function bytesOf(name: string, key: string | Uint8Array): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  if (typeof key === "string") {
    try {
      bytes = fromBase64(key.trim());
    } catch {
      // As for a key of another length.
    }
  } else if (key instanceof Uint8Array) {
    bytes = new Uint8Array(key);
  }
  if (bytes?.length === KEY_BYTES) return bytes;
  const received = bytes === undefined ? "is not base64" : `has ${bytes.length} bytes`;
  throw invalid(
    `the key ${JSON.stringify(name)} ${received}; expected 32 bytes, as of: openssl rand -base64 32`,
  );
}

function invalid(fault: string): ConfigurationError {
  return new ConfigurationError("option_invalid", `createSeal(): ${fault}.`);
}
