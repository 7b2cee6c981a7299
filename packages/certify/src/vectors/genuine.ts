import { type Envelope, EVENT_TYPES, type MintfaxEventType } from "@mintfax-webhooks/core";
import { bodyForms, bodyText, eventFixture } from "@mintfax-webhooks/testing";
import type { Level } from "../result.ts";
import { type Draft, type DraftGroup, eventText, faxIdOf, Genuine, type Setting } from "./draft.ts";
import { type VectorRequest, withHeader } from "./request.ts";

const OVERLAP = "While a secret is rotated, mintfax sends a token for each: any match counts.";
const BYTES = "A signature covers the bytes that came; mintfax does not say how it writes its JSON.";
const FORMS = bodyForms(JSON.parse(eventText("evt_0", 0)) as Envelope<string, unknown>);

function accepted(
  id: string,
  title: string,
  why: string,
  request: (setting: Setting) => VectorRequest,
  level: Level = "must",
): Draft {
  return { id, title, accepted: true, level, why, request };
}

/** What a fixture makes at random otherwise. */
function dataFor(type: MintfaxEventType, eventId: string): { object: Record<string, string | null> } {
  return type.startsWith("balance.")
    ? { object: { environment_id: "env_8aZqRm4yT3vK7pNxJ2bH9c" } }
    : { object: { id: faxIdOf(eventId), idempotency_key: null } };
}

const types = EVENT_TYPES.map((type) =>
  accepted(
    type.replace(".", "_"),
    `accepts a ${type}`,
    "mintfax retries what is not answered with 2xx, and gives up after the fourth attempt.",
    (setting) =>
      new Genuine(setting, {
        body: (id) =>
          bodyText(eventFixture(type, { id, created: setting.nowSeconds, data: dataFor(type, id) })),
      }).request(),
  ),
);

const forms = FORMS.map(({ name, description }, index) =>
  accepted(`form_${name}`, `accepts a body ${description}`, BYTES, (setting) => {
    const body = (id: string): string =>
      bodyForms(JSON.parse(eventText(id, setting.nowSeconds)) as Envelope<string, unknown>)[index]?.text ??
      "";
    return new Genuine(setting, { body }).request();
  }),
);

const others = [
  accepted(
    "utf8",
    "accepts text beyond ASCII, as bytes of UTF-8",
    "A body read as Latin-1, or with the charset of its header, is another body.",
    (setting) =>
      new Genuine(setting, {
        body: (id) => eventText(id, setting.nowSeconds, { tags: { patient: "Zoë Nuñez 汉字 😀" } }),
      }).request(),
  ),
  accepted("integer_keys", "accepts members whose names are numbers, in any order", BYTES, (setting) =>
    new Genuine(setting, {
      body: (id) => eventText(id, setting.nowSeconds).replace('"tags":{}', '"tags":{"10":"a","9":"b"}'),
    }).request(),
  ),
  accepted("line_ends", "accepts a body that ends with a line break", BYTES, (setting) =>
    new Genuine(setting, { body: (id) => `${eventText(id, setting.nowSeconds)}\r\n` }).request(),
  ),
  accepted("rotation_second", "accepts a second token that matches", OVERLAP, (setting) => {
    const genuine = new Genuine(setting);
    return genuine.request(`v1,${"A".repeat(43)}= v1,${genuine.mac}`);
  }),
  accepted("rotation_first", "accepts a first token that matches", OVERLAP, (setting) => {
    const genuine = new Genuine(setting);
    return genuine.request(`v1,${genuine.mac} v1,${"A".repeat(43)}=`);
  }),
  accepted(
    "other_version",
    "ignores tokens of other versions beside one that matches",
    "Standard Webhooks adds versions, such as v1a, beside v1.",
    (setting) => {
      const genuine = new Genuine(setting);
      return genuine.request(`v1a,${"A".repeat(86)}== v1,${genuine.mac}`);
    },
  ),
  ...[-240, 240].map((seconds) =>
    accepted(
      seconds < 0 ? "clock_behind" : "clock_ahead",
      `accepts a timestamp 4 minutes ${seconds < 0 ? "old" : "ahead"}`,
      "Clocks differ, and deliveries take time. The reference library allows 300 s.",
      (setting) => new Genuine(setting, { at: setting.nowSeconds + seconds }).request(),
      "should",
    ),
  ),
  accepted(
    "header_case",
    "takes header names in any case",
    "Proxies change the case; HTTP says that it does not matter.",
    (setting) => {
      const request = new Genuine(setting).request();
      return {
        ...request,
        headers: request.headers.map(([name, value]) => [
          name.replace(/\b[a-z]/g, (c) => c.toUpperCase()),
          value,
        ]),
      };
    },
  ),
  accepted(
    "charset",
    "takes a content type with a charset",
    "A proxy or a later version of mintfax may add one.",
    (setting) =>
      withHeader(new Genuine(setting).request(), "content-type", "application/json; charset=utf-8"),
  ),
  accepted(
    "unknown_member",
    "accepts members that it does not know",
    "mintfax may add members to an event.",
    (setting) =>
      new Genuine(setting, {
        body: (id) => eventText(id, setting.nowSeconds, { added_later: { a: [1, null] } }),
      }).request(),
  ),
  accepted(
    "unknown_type",
    "answers an event of a type that it does not know with 2xx",
    "mintfax gives new kinds of event new names. Refused, each of them is sent four times.",
    (setting) =>
      new Genuine(setting, {
        body: (id) => eventText(id, setting.nowSeconds).replace('"fax.delivered"', '"fax.added_later"'),
      }).request(),
  ),
  accepted(
    "ulid",
    "takes ids of another form",
    "Ids are opaque. mintfax's own pages show two forms.",
    (setting) =>
      new Genuine(setting, {
        id: `${setting.newId().slice(0, 4)}01J9XYZQ8KH7B3R0WX${setting.newId().slice(-8)}`,
      }).request(),
  ),
];

export const GENUINE: DraftGroup = {
  id: "genuine",
  title: "Genuine deliveries are accepted",
  drafts: [...types, ...forms, ...others],
};
