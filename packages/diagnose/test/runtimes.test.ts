import { join } from "node:path";
import type { Diagnosis } from "@mintfax-webhooks/diagnose";
import { startInWorkerd } from "conformance/targets/support/workerd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMPACT, PRETTY, SECRET, signed } from "./captures/send.ts";
import { answer, type Question } from "./worker/diagnose-in-worker.ts";

let workerd: Awaited<ReturnType<typeof startInWorkerd>>;
beforeAll(async () => {
  workerd = await startInWorkerd(join(import.meta.dirname, "worker/diagnose-in-worker.ts"));
});
afterAll(() => workerd.stop());

const latin1 = Buffer.from(COMPACT).toString("latin1");
const hexadecimal = Buffer.from((signed().headers["webhook-signature"] ?? "").slice(3), "base64").toString(
  "hex",
);

test.each<[string, { body?: string | Uint8Array; signature?: string; secret?: string }]>([
  ["a genuine request", {}],
  ["a body that was written out again", { body: PRETTY }],
  ["a body that was read as Latin-1", { body: latin1 }],
  ["a body in base64", { body: Buffer.from(COMPACT).toString("base64") }],
  [
    "a body that Node printed",
    { body: `<Buffer ${Buffer.from(COMPACT).toString("hex").replace(/..\B/g, "$& ")}>` },
  ],
  ["a body in UTF-16", { body: Buffer.from(COMPACT, "utf16le") }],
  ["a body with a line break behind it", { body: `${COMPACT}\n` }],
  ["a signature in hexadecimal", { signature: hexadecimal }],
  ["a secret in quotes", { secret: `"${SECRET}"` }],
])(
  "workerd without nodejs_compat finds what Node finds: %s",
  async (_, { body, signature, secret = SECRET }) => {
    const { headers } = signed();
    const question: Question = {
      headers: Object.entries({ ...headers, ...(signature && { "webhook-signature": signature }) }),
      body: [...Buffer.from(body ?? COMPACT)],
      secret,
    };
    const there = (await (
      await fetch(workerd.origin, { method: "POST", body: JSON.stringify(question) })
    ).json()) as Diagnosis;
    const here = answer(question);
    expect(there.verdict).toBe(body || signature || secret !== SECRET ? "explained" : "verified");
    // What was tried differs: compressed bodies are not unpacked there.
    expect({ ...there, tried: [] }).toEqual({ ...here, tried: [] });
  },
);
