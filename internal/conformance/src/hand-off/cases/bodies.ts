import assert from "node:assert/strict";
import { EVENT_TYPES } from "@mintfax-webhooks/core";
import { createSeal } from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase } from "../case.ts";
import { SEALS } from "../message.ts";

/** By what is special about them. Each is the text of a body, with `ID` for the event's id. */
const BODIES: Readonly<Record<string, string>> = {
  "numbers as written": withTags('{"a":1.0,"b":1e2,"d":12345678901234567890,"e":0.1000}'),
  "white space": `\n\t{ "id" : "ID" , "type":"fax.delivered",\r\n"created":1747173600,"data":{"object":{}} }\n `,
  unicode: withTags('"Zoë Ångström 李小龍 🏥 \u2028 \u00ad \u202e \ufb01 e\u0301"'),
  escapes: withTags('"\\u0041\\/\\\\\\"\\b\\f\\n\\r\\t\\u00e9\\ud83c\\udfe5"'),
  "U+0000 as an escape": withTags('"before\\u0000after"'),
  "half a surrogate pair as an escape": withTags('"\\ud800 \\udfff"'),
  "a byte order mark in a text": withTags('"\ufeffbefore"'),
  "members with odd names": withTags('{"":1,"constructor":2,"a.b":3,"$ref":4,"\\u0000":5,"__p":6}'),
  "a member twice": withTags('{"a":1,"a":2}'),
  "what looks like SQL, a template and a path": withTags(
    '"\'; DROP TABLE faxes; -- {x} $1 ? :a %s ../.. {{x}}"',
  ),
  "text of 60 KB": withTags(`"${"é".repeat(30_000)}"`),
};

function withTags(value: string): string {
  return `{"id":"ID","type":"fax.delivered","created":1747173600,"data":{"object":{"tags":${value}}}}`;
}

/** What an engine does to the text of an event: nothing. */
export const BODY_CASES: readonly HandOffCase[] = [
  ...[false, true].map((isSealed) =>
    handOffCase(
      `every fixture and every kind of text reaches the handler unchanged${isSealed ? ", sealed" : ""}`,
      async (setting) => {
        const { ledger } = setting;
        const seal = SEALS.before;
        const sender = setting.sender(isSealed ? { seal: createSeal(seal) } : {});
        await setting.worker(isSealed ? { seal } : {});
        const fixtures = EVENT_TYPES.map((type) => eventFixture(type)).map((event) => [
          event.id,
          JSON.stringify(event),
        ]);
        for (const [id = "", text = ""] of [...fixtures, ...texts()]) {
          assert.equal((await sender.attempt(text, { id })).status, 200, id);
          assert.deepEqual((await ledger.ran(id)).event, JSON.parse(text), id);
        }
      },
    ),
  ),

  handOffCase("the engine holds the text of a body to the letter", async (setting) => {
    const sender = setting.sender();
    await setting.worker({ patterns: ["balance.low"] });
    for (const [id = "", text = ""] of texts())
      assert.equal((await sender.attempt(text, { id })).status, 200, id);
    const parked = await setting.parked(texts().length);
    const held = parked.map(({ message }) => message as { readonly id: string; readonly body: string });
    for (const [id, text] of texts()) assert.equal(held.find((message) => message.id === id)?.body, text, id);
  }),

  handOffCase(
    "the longest body that a receiver takes is stored and worked on",
    async (setting) => {
      const id = "evt_longest";
      const [start = "", end = ""] = withTags('"TEXT"').replace("ID", id).split("TEXT");
      const text = start + "x".repeat(256 * 1024 - start.length - end.length) + end;
      assert.equal(
        (await setting.sender({ seal: createSeal(SEALS.before) }).attempt(text, { id })).status,
        200,
      );
      await setting.worker({ seal: SEALS.before });
      assert.deepEqual((await setting.ledger.ran(id)).event, JSON.parse(text));
    },
    {
      needs: ({ bodyLimitBytes }) =>
        bodyLimitBytes === undefined ? undefined : `its messages hold ${bodyLimitBytes} bytes of a body`,
    },
  ),
];

function texts(): [id: string, text: string][] {
  return Object.values(BODIES).map((text, index) => [
    `evt_text_${index}`,
    text.replace("ID", `evt_text_${index}`),
  ]);
}
