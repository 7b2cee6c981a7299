import { envelope, freshId } from "./draft.ts";
import { processed, type Row, refused, unhandled } from "./row.ts";
import { NOW_SECONDS } from "./setting.ts";

const NOW = String(NOW_SECONDS);
const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/** Values that differ from the usual ones and would be well formed alone. */
const OTHER: Readonly<Record<string, string>> = {
  "webhook-id": "evt_other",
  "webhook-timestamp": String(NOW_SECONDS + 1),
  "webhook-signature": `v1,${"A".repeat(43)}=`,
};

const presence: readonly Row[] = NAMES.flatMap((name) => {
  const value = OTHER[name] ?? "";
  return [
    refused("header_missing", `${name} missing`, { headers: { [name]: null } }),
    refused("header_missing", `${name} empty`, { headers: { [name]: "" } }),
    refused("header_missing", `${name} of blanks alone`, { headers: { [name]: "   \t " } }),
    refused("header_repeated", `${name} twice with one value`, { headers: { [name]: [value, value] } }),
    refused("header_repeated", `${name} twice, the second in capitals`, {
      headers: { [name]: value, [name.toUpperCase()]: value },
    }),
    refused("header_repeated", `${name} twice, the second empty`, { headers: { [name]: [value, ""] } }),
    // Threat: T10
    refused("header_repeated", `${name} joined by a comma, as proxies do`, {
      headers: { [name]: `${value}, ${value}` },
    }),
  ];
});

const repeated: readonly Row[] = [
  // Threat: T03, T10
  refused("header_repeated", "webhook-id twice, the signed one first", {
    id: "evt_1",
    headers: { "webhook-id": ["evt_1", "evt_2"] },
  }),
  refused("header_repeated", "webhook-id twice, the signed one last", {
    id: "evt_1",
    headers: { "webhook-id": ["evt_2", "evt_1"] },
  }),
  refused("header_repeated", "webhook-timestamp twice, the signed one first", {
    headers: { "webhook-timestamp": [NOW, String(NOW_SECONDS - 1)] },
  }),
];

const ids: readonly Row[] = [
  refused("id_malformed", "id of 257 characters", { id: "i".repeat(257) }),
  processed("id of 256 characters", { id: "i".repeat(256) }),
  processed("id of every visible character but the dot", {
    id: String.fromCharCode(...Array.from({ length: 94 }, (_, i) => 0x21 + i)).replace(".", ""),
  }),
  // Threat: T05
  refused("id_malformed", "id with a dot", { id: "evt_1.1747173605" }),
  refused("id_malformed", "id that is a dot", { id: "." }),
  refused("id_malformed", "id with a space", { id: "evt 1" }),
  refused("id_malformed", "id with a tab", { id: "evt\t1" }),
  refused("id_malformed", "id with a byte above ASCII", { id: "evt_\xe9" }),
  refused("id_malformed", "id in UTF-8", { id: Buffer.from("evt_é").toString("latin1") }),
  refused("id_malformed", "id with a no-break space", { id: "evt_\xa01" }),
  unhandled("id __proto__", { id: "__proto__", body: envelope({ type: "fax.unknown" }) }),
  unhandled("id constructor", { id: "constructor", body: envelope({ type: "fax.unknown" }) }),
];

const odd: Readonly<Record<string, string>> = {
  // Threat: T05
  "with a leading zero": `0${NOW}`,
  "with a plus": `+${NOW}`,
  "with a minus": `-${NOW}`,
  "with an exponent": "1747173605e0",
  "as 1e9": "1e9",
  "in hexadecimal": `0x${NOW_SECONDS.toString(16)}`,
  "in octal": `0o${NOW_SECONDS.toString(8)}`,
  "with decimals": `${NOW}.0`,
  "with a decimal point at the end": `${NOW}.`,
  "with a space inside": "1747 173605",
  "with a tab inside": "1747\t173605",
  "with an underscore": "1_747_173_605",
  "with a thousands separator": "1,747,173,605",
  // Threat: T05
  "with letters behind": `${NOW}abc`,
  "with the unit behind": `${NOW}s`,
  "of 20 digits": "17471736050000000000",
  // Threat: T03
  "of 2,000 digits": "1".repeat(2_000),
  "as a date": "2025-05-13T22:00:05Z",
  // Threat: T03
  "as NaN": "NaN",
  "as Infinity": "Infinity",
  "as null": "null",
  "in quotes": `"${NOW}"`,
  "as two numbers joined by a comma": `${NOW},${NOW}`,
  "in full-width digits": Buffer.from("１７４７１７３６０５").toString("latin1"),
  "as minus zero": "-0",
  "as two zeros": "00",
};

const timestamps: readonly Row[] = [
  ...Object.entries(odd).map(([name, timestamp]) =>
    refused("timestamp_malformed", `timestamp ${name}`, { timestamp }),
  ),
  refused("timestamp_too_old", "timestamp 0", { timestamp: "0" }),
  // Threat: T03
  refused("timestamp_too_old", "timestamp 301 s old", { timestamp: String(NOW_SECONDS - 301) }),
  // Threat: T03
  refused("timestamp_too_new", "timestamp 301 s ahead", { timestamp: String(NOW_SECONDS + 301) }),
  refused("timestamp_too_new", "timestamp in milliseconds", { timestamp: `${NOW}000` }),
  refused("timestamp_too_new", "timestamp of 15 digits", { timestamp: "9".repeat(15) }),
  ...[-300, -299, 299, 300].map((offset) =>
    processed(`timestamp ${offset} s from now`, { timestamp: String(NOW_SECONDS + offset) }),
  ),
  // HTTP's own optional whitespace around a value is no part of it.
  processed("timestamp with blanks around it", { headers: { "webhook-timestamp": `\t ${NOW} ` } }),
];

const others: readonly Row[] = [
  refused("header_missing", "only svix-* headers, properly signed", {
    headers: {
      "svix-id": "evt_1",
      "svix-timestamp": NOW,
      "svix-signature": OTHER["webhook-signature"] ?? "",
      "webhook-id": null,
      "webhook-timestamp": null,
      "webhook-signature": null,
    },
  }),
  // Threat: T03, T10
  processed("svix-* headers of another id beside the signed ones", {
    id: freshId(),
    headers: { "svix-id": "evt_other", "svix-timestamp": "1", "svix-signature": "v1,x" },
  }),
  processed("further headers with names from Object.prototype", {
    headers: { ["__proto__"]: "1", constructor: "1", hasownproperty: "1" },
  }),
];

/** The three headers missing, repeated, malformed or stale. */
export const HEADER_ROWS: readonly Row[] = [...presence, ...repeated, ...ids, ...timestamps, ...others];
