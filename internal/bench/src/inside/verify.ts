/** Times verification in the process that runs this: no network, no framework, no store. */
import { createHmac, createSecretKey, randomUUID, timingSafeEqual, webcrypto } from "node:crypto";
import { createVerifier } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Webhook } from "standardwebhooks";
import { answerQuestions } from "../processes/protocol.ts";
import { KEY, SECRET } from "../terms.ts";
import { type Act, timeInRounds } from "./blocks.ts";
import type { VerifierName, VerifyRounds } from "./verifiers.ts";

answerQuestions({
  async measure({ bytes, rounds }: { bytes: number; rounds: number }): Promise<VerifyRounds> {
    return timeInRounds(await actsFor(bytes), rounds);
  },
});

/** On one delivery of the given size, each checked once to accept it. */
async function actsFor(bytes: number): Promise<Readonly<Record<VerifierName, Act>>> {
  const id = `evt_${randomUUID().replaceAll("-", "").slice(0, 22)}`;
  const body = bodyOf(id, bytes);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const prefix = `${id}.${timestamp}.`;
  const key = createSecretKey(Buffer.from(KEY));
  const webKey = await webcrypto.subtle.importKey(
    "raw",
    Buffer.from(KEY),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const digest = () => createHmac("sha256", key).update(prefix).update(body).digest();
  const token = `v1,${digest().toString("base64")}`;
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": token };
  const matches = (signature: Uint8Array) => {
    const received = Buffer.from(headers["webhook-signature"].slice(3), "base64");
    if (received.length !== signature.length || !timingSafeEqual(received, signature))
      throw new Error("no match");
  };
  const json = () => JSON.parse(body.toString("utf8")) as unknown;
  const verifier = createVerifier({ secret: SECRET });
  const verify = () => {
    const verdict = verifier.verify(headers, body);
    if (!("ok" in verdict) || !verdict.ok) throw new Error("refused");
  };
  const reference = new Webhook(SECRET);
  const signed = Buffer.concat([Buffer.from(prefix), body]);
  return {
    hmac: digest,
    native: () => {
      matches(digest());
      return json();
    },
    "native, no JSON": () => matches(digest()),
    mintfax: () => {
      verify();
      return json();
    },
    "mintfax, no JSON": verify,
    standardwebhooks: () => reference.verify(body, headers),
    "web crypto": async () => {
      signed.set(body, prefix.length);
      matches(new Uint8Array(await webcrypto.subtle.sign("HMAC", webKey, signed)));
      return json();
    },
  };
}

/** A fax event of about this size: with fewer fields, or with more attempts. */
function bodyOf(id: string, bytes: number): Buffer {
  const event = eventFixture("fax.delivered", { id });
  const { object } = event.data;
  const [attempt] = object.attempts;
  const make = (attempts: unknown[], whole = true) =>
    JSON.stringify({
      ...event,
      data: {
        object: whole
          ? { ...object, attempts }
          : { id: object.id, status: object.status, pages: 3, attempts },
      },
    });
  const attempts: unknown[] = [];
  const each = JSON.stringify(attempt).length + 1;
  const small = make(attempts).length > bytes;
  while (make([], !small).length + each * (attempts.length + 1) <= bytes) {
    attempts.push({ ...attempt, attempt_number: attempts.length + 1 });
  }
  return Buffer.from(make(attempts, !small));
}
