import type { D1Binding, D1Statement } from "@mintfax-webhooks/cloudflare";

const never = (): Promise<never> => new Promise(() => {});

const statement: D1Statement = { bind: () => statement, first: never, run: never };

/** workerd has no way to make a real one fall silent. */
export const SILENT_DATABASE: D1Binding = { prepare: () => statement, batch: never };
