import assert from "node:assert/strict";
import { BODY_ROWS } from "../../hostile/bodies.ts";
import { HEADER_ROWS } from "../../hostile/headers.ts";
import { PARSER_ROWS, type ParserRow } from "../../hostile/parser.ts";
import { exchange, type RawAnswer, type RawRequest } from "../../hostile/raw-http.ts";
import type { Row } from "../../hostile/row.ts";
import { SIGNATURE_ROWS } from "../../hostile/signatures.ts";
import { CUT_ROWS, TRANSPORT_ROWS } from "../../hostile/transport.ts";
import { type Difference, differenceOf } from "../differences.ts";
import { expectHeaders, Peer } from "../peer.ts";
import type { AdapterCase, Platform } from "../target.ts";

/** A request with something wrong, or merely odd, over a socket of its own. */
function malformed({ name, request, ...row }: Row): AdapterCase {
  const id = `malformed/${name}`;
  return {
    id,
    row: row.code === undefined ? `odd, but fine: ${row.outcome}` : `malformed: ${row.status} ${row.code}`,
    async run({ origin, platform }) {
      if (insteadOf(id, platform) === "refused by the platform") return expectUnread(origin, request);
      const expected = { interim: [], ...row, ...overridesOf(id, platform) };
      const peer = new Peer(origin);
      const runsBefore = await peer.count("started");
      const answer = await send(origin, withSteps(request, expected.interim));
      assert.ok(answer !== undefined, "there was no answer");
      assert.deepEqual([answer.status, answer.interim], [expected.status, expected.interim]);
      if (!request.bodiless) {
        const { outcome, code } = JSON.parse(answer.body) as Partial<Row>;
        assert.deepEqual([outcome, code], [expected.outcome, expected.code]);
      }
      expectHeaders({ get: (header) => answer.headers.get(header) ?? null }, expected.status);
      const runs = (await peer.count("started")) - runsBefore;
      assert.equal(runs, expected.outcome === "processed" ? 1 : 0, "runs of a handler");
      return [{ status: answer.status, body: answer.body }];
    },
  };
}

/** A delivery that ends before its body does. No client is left to answer, so what counts is the record. */
function cut({ name, request, code }: Row): AdapterCase {
  const id = `cut/${name}`;
  return {
    id,
    row: "disconnected in the middle of the body: recorded, no handler run",
    async run({ origin, platform }) {
      if (insteadOf(id, platform) === "refused by the platform") return expectUnread(origin, request);
      const peer = new Peer(origin);
      const [arrivals, runs] = [await peer.count("arrived"), await peer.count("started")];
      const records = await peer.count(`outcome ${code}`);
      await send(origin, request, peer.happened("arrived", arrivals + 1));
      await peer.happened(`outcome ${code}`, records + 1);
      assert.equal(await peer.count("started"), runs, "runs of a handler");
      return [];
    },
  };
}

/** What is not HTTP, or too much of it: who reads it off the wire has the say. */
function unreadable({ name, request }: ParserRow): AdapterCase {
  const id = `unreadable/${name}`;
  return {
    id,
    row: "not HTTP, or too much of it: no handler run",
    async run({ origin, platform }) {
      const instead = insteadOf(id, platform);
      if (typeof instead !== "object") return expectUnread(origin, request);
      assert.equal((await send(origin, request))?.status, instead.status);
      return [];
    },
  };
}

async function expectUnread(origin: string, request: RawRequest): Promise<[]> {
  const peer = new Peer(origin);
  const runsBefore = await peer.count("started");
  const answer = await send(origin, request, Promise.resolve());
  if (answer !== undefined) assert.ok(answer.status >= 400, `answered with ${answer.status}`);
  assert.equal(await peer.count("started"), runsBefore, "runs of a handler");
  return [];
}

function insteadOf(id: string, platform: Platform): Difference["instead"] | undefined {
  return differenceOf(id, platform)?.instead;
}

function overridesOf(id: string, platform: Platform): Partial<Row> {
  const instead = insteadOf(id, platform);
  return typeof instead === "object" ? instead : {};
}

/** Without 100 Continue, a sender goes on by itself. */
function withSteps(request: RawRequest, interim: readonly number[]): RawRequest {
  if (interim.includes(100)) return request;
  return { ...request, steps: request.steps.filter((step) => step !== "wait for 100 Continue") };
}

async function send(
  origin: string,
  request: RawRequest,
  headersArrived?: Promise<unknown>,
): Promise<RawAnswer | undefined> {
  return (await exchange(Number(new URL(origin).port), request, headersArrived)).answer;
}

export const MALFORMED_CASES: readonly AdapterCase[] = [
  ...[...HEADER_ROWS, ...SIGNATURE_ROWS, ...BODY_ROWS, ...TRANSPORT_ROWS].map(malformed),
  ...CUT_ROWS.map(cut),
  ...PARSER_ROWS.map(unreadable),
];
