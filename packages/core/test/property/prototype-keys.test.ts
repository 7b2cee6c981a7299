import { createHmac } from "node:crypto";
import { createFetchHandler } from "@mintfax-webhooks/core";
import fc from "fast-check";
import secureJson from "secure-json-parse";
import { runs } from "test-support/property-runs";
import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

const KEY = Buffer.from("a key of these properties only");

/** JSON of any shape, rich in the keys that reach a prototype. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom("0", "null", '"__proto__"', "[]", "{}"),
    fc.array(tie("json"), { maxLength: 3 }).map((values) => `[${values.join()}]`),
    fc
      .array(
        fc.tuple(fc.constantFrom(...spellings("__proto__", "constructor", "prototype", "tags")), tie("json")),
        { maxLength: 4 },
      )
      .map((members) => `{${members.map(([key, value]) => `${key}:${value}`).join()}}`),
  ),
}));

/** Each key as it is, and with one of its characters escaped. */
function spellings(...keys: readonly string[]): string[] {
  return keys.flatMap((key) => [`"${key}"`, `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"`]);
}

test("a handler gets what secure-json-parse leaves of the body", async () => {
  const tally = new Tally();
  let event: unknown;
  const webhooks = createFetchHandler({ secret: `whsec_${KEY.toString("base64")}` }).on("*", (given) => {
    event = given;
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(json, async (resource) => {
      count += 1;
      const body = `{"id":"evt_1","type":"fax.new","created":1,"data":{"object":{"tags":${resource}}}}`;
      const [id, timestamp] = [`evt_${count}`, String(Math.floor(Date.now() / 1_000))];
      const mac = createHmac("sha256", KEY).update(`${id}.${timestamp}.${body}`).digest("base64");
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${mac}` };
      const { status } = await webhooks(new Request("http://localhost", { method: "POST", headers, body }));
      expect(status).toBe(200);
      const expected = secureJson.parse(body, { protoAction: "remove", constructorAction: "remove" });
      // As text: a comparison of objects would not see a key `__proto__`.
      expect(JSON.stringify(event)).toBe(JSON.stringify(expected));
      tally.add(JSON.stringify(event) === JSON.stringify(JSON.parse(body)) ? "kept" : "dropped");
    }),
    runs(1_000),
  );
  expect(tally.seen).toEqual(["dropped", "kept"]);
});
