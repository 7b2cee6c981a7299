import { createVerifier, type Verifier } from "@mintfax-webhooks/core";

// The test vector of the contract (`mintfax-contract.md`, section 2).
const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const TIMESTAMP = "1747173605";
const HEADERS = {
  "webhook-id": "evt_8aZqRm4yT3vK7pNxJ2bH9c",
  "webhook-timestamp": TIMESTAMP,
  "webhook-signature": "v1,to1ENKU/YTPvpGr0YhCTqM+VonqAOndZP4T/rJXwg5A=",
};
export const VECTOR_BODY: Uint8Array = new TextEncoder().encode(
  '{"id":"evt_8aZqRm4yT3vK7pNxJ2bH9c","type":"fax.delivered","created":1747173600,' +
    '"data":{"object":{"id":"fax_8aZqRm4yT3vK7pNxJ2bH9c","status":"delivered","to":"+12125551234"}}}',
);

/** The verdict on a body with the vector's headers, at the time of the vector. */
export function verifyVector(body: Uint8Array): ReturnType<Verifier["verify"]> {
  const { now } = Date;
  Date.now = () => Number(TIMESTAMP) * 1000;
  try {
    return createVerifier({ secret: SECRET }).verify(HEADERS, body);
  } finally {
    Date.now = now;
  }
}
