import { readFileSync } from "node:fs";
import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import { createSeal, type ParkedMessage, type QueuedMessage } from "@mintfax-webhooks/queue";
import { type Variable, variable } from "../environment.ts";
import { UsageError } from "../usage-error.ts";
import { maskBody } from "./mask-body.ts";

const VARIABLE = "MINTFAX_QUEUE_KEY";

/** The option that opens sealed bodies, in words. */
export const KEY_HELP: string = `the key of a sealed body, in base64 (else: ${VARIABLE}, .env)`;

/** What can be shown of a body. */
export type ShownBody = { readonly masked: unknown } | { readonly hidden: string };

/** @throws {UsageError} where the key is not one */
export async function openBody({ message }: ParkedMessage, keyFile: string | undefined): Promise<ShownBody> {
  const { body, seal } = Object(message) as Partial<QueuedMessage>;
  if (typeof body !== "string") return { hidden: "The message was not written by handOff()." };
  if (seal === undefined) return shown(body);
  const name = String(Object(seal).key);
  const key = keyFrom(keyFile);
  if (key === undefined) {
    return { hidden: `Sealed with the key ${JSON.stringify(name)}. To see it masked: --key-file FILE.` };
  }
  try {
    const opened = await createSeal({ keys: { [name]: key.text }, current: name }).open(
      message as QueuedMessage,
    );
    return typeof opened === "string" ? shown(opened) : { hidden: opened.message };
  } catch (error) {
    if (!(error instanceof MintfaxWebhookError)) throw error;
    throw new UsageError(`${key.source}: ${error.message}`);
  }
}

function shown(body: string): ShownBody {
  const masked = maskBody(body);
  return masked === undefined ? { hidden: "It is not JSON." } : { masked };
}

function keyFrom(file: string | undefined): Variable | undefined {
  if (file === undefined) return variable(VARIABLE);
  try {
    return { text: readFileSync(file, "utf8"), source: file };
  } catch (error) {
    throw new UsageError(`--key-file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
