import { createHash } from "node:crypto";
import { ConfigurationError } from "@mintfax-webhooks/core/store";

/** Of queues, where the option `name` is not given. */
export const DEFAULT_NAME = "mintfax";

/** Where messages of a queue are parked. */
export function parkedName(name: string): string {
  return `${name}-parked`;
}

/**
 * pg-boss writes names into its statements.
 *
 * @throws {ConfigurationError}
 */
export function nameFrom(name: string = DEFAULT_NAME): string {
  if (typeof name === "string" && /^[\w-]{1,100}$/.test(name)) return name;
  throw new ConfigurationError(
    "option_invalid",
    "name: expected 1 to 100 letters, digits, underscores and hyphens.",
  );
}

/** Of this package: names of another kind give other UUIDs. */
const SPACE = Buffer.from("5d0f37b2c1f04d0f9a54b0b9a8f1c6e3", "hex");

/** A UUID of version 5: the same for every copy of an event. */
export function jobIdOf(namespace: string, id: string): string {
  const name = JSON.stringify([namespace, id]);
  const hash = createHash("sha1").update(SPACE).update(name).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
