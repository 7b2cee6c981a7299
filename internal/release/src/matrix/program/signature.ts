import { type Check, equal } from "./check.ts";
import { VECTOR_BODY, verifyVector } from "./vector.ts";

async function verdictOn(body: Uint8Array): Promise<string> {
  const verdict = await verifyVector(body);
  return verdict.ok ? "genuine" : verdict.code;
}

export const signatureChecks: readonly Check[] = [
  {
    name: "the contract's test vector verifies",
    run: async () => equal(await verdictOn(VECTOR_BODY), "genuine", "verdict"),
  },
  {
    name: "with any one byte changed, it does not",
    async run() {
      for (const place of VECTOR_BODY.keys()) {
        const changed = VECTOR_BODY.slice();
        changed[place] = (changed[place] ?? 0) ^ 1;
        equal(await verdictOn(changed), "signature_mismatch", `verdict with byte ${place} changed`);
      }
    },
  },
];
