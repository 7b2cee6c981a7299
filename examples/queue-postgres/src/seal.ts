import { createSeal, type Seal } from "@mintfax-webhooks/queue";

const { QUEUE_KEY } = process.env;
if (QUEUE_KEY === undefined) throw new Error("Set QUEUE_KEY to the output of: openssl rand -base64 32");

/** pg-boss's tables hold no text of a fax: web and worker have the key. The next key gets a name and a line of its own. */
export const seal: Seal = createSeal({ keys: { "2026-11": QUEUE_KEY }, current: "2026-11" });
