import { EVENT_TYPES } from "@mintfax-webhooks/core";
import { bodyForms, bodyText, createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";
import { naiveReceiver } from "./support/naive-receiver.ts";
import { SECRET } from "./support/secrets.ts";

/** Serialisers as other languages and libraries have them, by default. */
const SERIALISERS: Readonly<Record<string, (value: unknown) => string>> = {
  "JavaScript's": (value) => JSON.stringify(value),
  "PHP's": (value) => escapedAscii(JSON.stringify(value)).replaceAll("/", "\\/"),
  "Python's": (value) => escapedAscii(spaced(JSON.stringify(value), /[:,]/)),
  "Ruby's with spaces after colons, and Python's with separators": (value) =>
    spaced(JSON.stringify(value), /:/),
};

describe("the body of an event", () => {
  test.each(EVENT_TYPES)("of %s is written as no serialiser of these writes it", (type) => {
    const event = eventFixture(type, { data: { object: { csid: "Praxis Süd/West" } } } as never);
    expect(JSON.parse(bodyText(event))).toEqual(event);
    for (const serialise of Object.values(SERIALISERS)) expect(bodyText(event)).not.toBe(serialise(event));
  });

  test("text that looks like JSON inside a string is kept", () => {
    const tags = { 'a":1,"/\\': 'b\\": {"c": 1}, //\u2028\ud83d\ude00\\\\.+' };
    const event = eventFixture("fax.queued", { data: { object: { tags } } });
    for (const text of [bodyText(event), ...bodyForms(event).map((form) => form.text)]) {
      expect(JSON.parse(text)).toEqual(event);
    }
  });

  test("each form is another text of the same event", () => {
    const event = eventFixture("fax.delivered");
    const forms = bodyForms(event);
    expect(new Set(forms.map(({ text }) => text)).size).toBe(forms.length);
    expect(forms[0]?.text).toBe(JSON.stringify(event));
  });

  test("finds a receiver that verifies JSON.stringify(req.body)", async () => {
    const event = eventFixture("fax.failed");
    const sender = createTestSender({ secret: SECRET, to: naiveReceiver(SECRET) });
    expect((await sender.attempt(event)).status).toBe(400);
    const accepted: string[] = [];
    for (const { name, text } of bodyForms(event)) {
      if ((await sender.attempt(text)).status === 200) accepted.push(name);
    }
    expect(accepted).toEqual(["compact", "order"]);
  });
});

function escapedAscii(json: string): string {
  return json.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function spaced(json: string, after: RegExp): string {
  const token = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${after.source}`, "g");
  return json.replace(token, (found) => (found.startsWith('"') ? found : `${found} `));
}
