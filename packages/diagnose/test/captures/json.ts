import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import express from "express";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { type Capture, Caught, inHand } from "./captured.ts";
import { behind, bytesOf, inServer } from "./relays.ts";
import { COMPACT, EVENT, PRETTY, send, signed } from "./send.ts";
import { serve } from "./wire.ts";

/** What is verified by code that writes out again what `express.json()` has parsed. */
async function parsedByExpress(text: string): Promise<CapturedRequest> {
  const caught = new Caught();
  const app = express();
  app.use(express.json());
  app.use((req, res) => {
    res.end();
    caught.resolve(inHand(req, JSON.stringify(req.body)));
  });
  await send(await serve(app), signed(text));
  return caught.promise;
}

/** What comes back from a table that keeps deliveries for later. */
async function keptAsJsonb(text: string, column = "$1::jsonb"): Promise<CapturedRequest> {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url, max: 1 }).on("error", () => {});
  try {
    return await inServer(signed(text), async (req) => {
      const { rows } = await pool.query(`SELECT (${column})::text AS body`, [
        (await bytesOf(req)).toString(),
      ]);
      return rows[0].body;
    });
  } finally {
    await pool.end();
    await server.stop();
  }
}

const escaped = (text: string) =>
  text.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
/** As a sender in PHP would have written it. */
const PHP = escaped(COMPACT.replaceAll("/", "\\/"));
/** As Python's json.dumps writes it. */
const PYTHON = escaped(COMPACT.replaceAll('":', '": ').replaceAll(',"', ', "'));
/** As Go's json.Marshal writes it. */
const GO = COMPACT.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);

/** The original order of a customer's own tags is unknown. */
const WITHOUT_TAGS = COMPACT.replace(/,"tags".*$/, "}}}");

const spellings = {
  "two spaces": PRETTY,
  "four spaces": JSON.stringify(EVENT, null, 4),
  PHP,
  Python: PYTHON,
  Go: GO,
};

export const JSON_CAPTURES: readonly Capture[] = [
  ...Object.entries(spellings).map(
    ([name, text]): Capture => ({
      name: `express.json(), where the sender writes in the style of ${name}`,
      verdict: "explained",
      findings: ["body_reserialized"],
      capture: () => parsedByExpress(text),
    }),
  ),
  {
    name: "pretty-printed by the server's logger",
    verdict: "explained",
    findings: ["body_reserialized"],
    capture: () =>
      inServer(signed(), async (req) => JSON.stringify(JSON.parse((await bytesOf(req)).toString()), null, 2)),
  },
  {
    name: "numbers that express.json() cannot write as they were",
    verdict: "explained",
    findings: ["body_rewritten"],
    capture: () => parsedByExpress(COMPACT.replace('"pages":3', '"pages":3.0')),
  },
  {
    name: "a relay that writes whole numbers as decimals",
    verdict: "explained",
    findings: ["body_reserialized"],
    capture: () =>
      behind(signed(), async (req) =>
        (await bytesOf(req)).toString().replace(/("created"|"pages"):(\d+)/g, "$1:$2.0"),
      ),
  },
  {
    name: "kept as jsonb",
    verdict: "explained",
    findings: ["body_keys_reordered"],
    capture: () => keptAsJsonb(WITHOUT_TAGS),
  },
  {
    name: "kept as jsonb, its time in a column of decimals",
    verdict: "explained",
    findings: ["body_keys_reordered"],
    capture: () =>
      keptAsJsonb(
        WITHOUT_TAGS,
        "jsonb_set($1::jsonb, '{created}', to_jsonb(($1::jsonb->>'created')::numeric(20, 1)))",
      ),
  },
  {
    name: "kept as jsonb, with tags whose order is lost",
    verdict: "explained",
    findings: ["body_rewritten"],
    capture: () => keptAsJsonb(COMPACT),
  },
];
