import { type Check, equal } from "./check.ts";
import { VECTOR_BODY, verifyVector } from "./vector.ts";

/** What of the globals tells runtimes apart. */
interface Globals {
  readonly Bun?: { readonly version: string };
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly navigator?: { readonly userAgent?: string };
  readonly process?: { readonly versions?: { readonly node?: string } };
}

/** Bun, Deno and workerd all claim to be some Node as well, hence the order. */
function whereAmI({ Bun, Deno, navigator, process }: Globals): [runtime: string, version: string] {
  if (Bun !== undefined) return ["bun", Bun.version];
  if (Deno !== undefined) return ["deno", Deno.version.deno];
  if (navigator?.userAgent === "Cloudflare-Workers") return ["workerd", ""];
  return ["node", process?.versions?.node ?? "unknown"];
}

async function canImport(specifier: string): Promise<boolean> {
  return import(specifier).then(
    () => true,
    () => false,
  );
}

/** That the matrix runs where it says it does, on the code that is meant for that place. */
export const placeChecks: readonly Check[] = [
  {
    name: "is the runtime it should be",
    async run(expected) {
      const [runtime, version] = whereAmI(globalThis as Globals);
      equal(runtime, expected.runtime, "runtime");
      equal(version, expected.version, "version");
      equal(await canImport("node:crypto"), expected.nodeModules, "node: modules");
    },
  },
  {
    name: "uses the HMAC that is meant for it",
    async run(expected) {
      // Only Web Crypto makes a promise of it.
      const verdict = verifyVector(VECTOR_BODY);
      equal(verdict instanceof Promise ? "Web Crypto" : "node:crypto", expected.hmac, "HMAC");
    },
  },
];
