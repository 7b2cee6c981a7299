import { createVerifier } from "@mintfax-webhooks/core";
import { hexToBytes } from "@noble/hashes/utils.js";
import { utf8 } from "../body/bytes.ts";
import { bytesOfBase64, latin1Of } from "../encoding.ts";
import type { Finding } from "../finding.ts";
import { type SecretFault, secretFault } from "./faults.ts";

/** A key that a signature may have been made with. */
export interface CandidateKey {
  readonly bytes: Uint8Array;
  readonly secretIndex: number;
  /** The key of a sender that uses the secret's text without decoding it. */
  readonly undecoded: boolean;
}

/** The secret as it was given: its faults, and the keys that it may stand for. */
export interface SecretReading {
  readonly faults: readonly Finding[];
  /** Faults for which a receiver refuses nothing. */
  readonly notes: readonly Finding[];
  /** The most likely first. */
  readonly keys: readonly CandidateKey[];
  /** How many secrets there were. */
  readonly count: number;
}

/** Faults that are removed one after the other: quotes may be around whitespace, and whitespace around quotes. */
const LAYERS = 6;

/** @param texts as they were found, untrimmed. Whitespace may separate several secrets in one text, as in the variable */
export function readSecrets(texts: readonly string[]): SecretReading {
  const several = texts.flatMap(separate);
  const faults: Finding[] = [];
  const notes: Finding[] = [];
  const keys: CandidateKey[] = [];
  several.forEach((text, secretIndex) => {
    const name = several.length === 1 ? "The secret" : `Secret ${secretIndex + 1} of ${several.length}`;
    const { clean, found } = peel(text, name);
    for (const { finding, harmless } of found)
      (harmless && found.length === 1 ? notes : faults).push(finding);
    const broken =
      clean.isBroken || found.some(({ harmless }) => !harmless) ? undefined : malformation(clean.text, name);
    if (broken !== undefined) faults.push(broken);
    keys.push(...keysOf(clean.text, text, secretIndex));
  });
  return { faults, notes, keys, count: several.length };
}

/** Several whole secrets in one text; a line break within one is not a separator. */
function separate(text: string): string[] {
  const parts = text.trim().split(/\s+/);
  return parts.length > 1 && parts.every((part) => /^["']?(?:v1,)?whsec_/.test(part)) ? parts : [text];
}

function peel(
  text: string,
  name: string,
): { clean: { text: string; isBroken: boolean }; found: SecretFault[] } {
  const found: SecretFault[] = [];
  let clean = text;
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const fault = secretFault(clean, name);
    if (fault === undefined) return { clean: { text: clean, isBroken: false }, found };
    if (!found.some(({ finding }) => finding.code === fault.finding.code)) found.push(fault);
    if (fault.rest === undefined) return { clean: { text: clean, isBroken: true }, found };
    clean = fault.rest;
  }
  return { clean: { text: clean, isBroken: false }, found };
}

/** The reason why core refuses the secret. It never holds the secret. */
function malformation(secret: string, name: string): Finding | undefined {
  try {
    createVerifier({ secret });
    return undefined;
  } catch (error) {
    const message = (error as Error).message.replace(/^secret /, "");
    return {
      code: "secret_malformed",
      certainty: "proven",
      what: `${name} is not a valid signing secret.`,
      why: `It ${message}`,
      fix: "Copy the whole value again; mintfax shows it once. If it is lost, create a new endpoint.",
    };
  }
}

function keysOf(clean: string, raw: string, secretIndex: number): CandidateKey[] {
  const encoded = clean.replace(/^whsec_(?:test_)?/, "");
  const key = (bytes: Uint8Array, undecoded: boolean): CandidateKey => ({ bytes, secretIndex, undecoded });
  const decoded = bytesOfBase64(encoded);
  const candidates = [
    key(decoded, false),
    // Lenient decoders skip characters that are not base64, such as the `_` of `whsec_test_`.
    key(bytesOfBase64(clean.replace(/^whsec_/, "").replaceAll("_", "")), true),
    key(utf8.encode(clean), true),
    key(utf8.encode(encoded), true),
    key(utf8.encode(clean.replace(/^whsec_/, "")), true),
    key(utf8.encode(raw), true),
  ];
  if (/^(?:[0-9a-f]{2})+$/i.test(encoded)) candidates.push(key(hexToBytes(encoded), true));
  const seen = new Set<string>();
  return candidates.filter(({ bytes }) => {
    const name = latin1Of(bytes);
    return bytes.length > 0 && !seen.has(name) && seen.add(name);
  });
}
