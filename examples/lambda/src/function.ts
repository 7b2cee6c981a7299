import {
  createMemoryStore,
  type LambdaContext,
  type LambdaEvent,
  type LambdaResult,
  mintfaxWebhooks,
  toLambda,
  type Webhooks,
} from "@mintfax-webhooks/lambda";
import { createPostgresStore, type PostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { print } from "./print.ts";

/** Faxes that have arrived at this instance. In a real application: a table of its database. */
const arrived: string[] = [];

const { DATABASE_URL } = process.env;
// AWS runs as many instances of a function as it likes, each with a memory of its own.
const store = DATABASE_URL === undefined ? createMemoryStore() : await openPostgresStore(DATABASE_URL);

// The secret comes from MINTFAX_WEBHOOK_SECRET.
const receiver = mintfaxWebhooks({ store, onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  },
);

const receive = toLambda(receiver);
/** For the end of a process. AWS tells a function nothing of its end. */
export const webhooks: Webhooks = receiver;

/** What AWS calls. The path is that of a function URL. */
export async function handler(
  event: LambdaEvent & { readonly rawPath?: string },
  context?: LambdaContext,
): Promise<LambdaResult> {
  if (event.rawPath === "/webhooks/mintfax") return receive(event, context);
  return { statusCode: 200, body: JSON.stringify(arrived), isBase64Encoded: false };
}

async function openPostgresStore(connectionString: string): Promise<PostgresStore> {
  const store = createPostgresStore({ pool: new Pool({ connectionString, max: 1 }) });
  await store.migrate();
  return store;
}
