/** What verification is compared with, and itself. */
export const VERIFIERS: Readonly<Record<VerifierName, string>> = {
  hmac: "HMAC alone (node:crypto)",
  native: "HMAC, comparison, JSON.parse",
  "native, no JSON": "HMAC, comparison",
  mintfax: "mintfax: createVerifier, JSON.parse",
  "mintfax, no JSON": "mintfax: createVerifier",
  standardwebhooks: "standardwebhooks (parses too)",
  "web crypto": "Web Crypto sign, comparison, JSON.parse",
};

export type VerifierName =
  | "hmac"
  | "native"
  | "native, no JSON"
  | "mintfax"
  | "mintfax, no JSON"
  | "standardwebhooks"
  | "web crypto";

/** By name, the microseconds of a call in each round. */
export type VerifyRounds = Record<VerifierName, number[]>;
