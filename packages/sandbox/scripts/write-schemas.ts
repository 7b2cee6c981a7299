/** Part of the build: writes the OpenAPI document and a JSON Schema of each event, which are published. */
import { mkdirSync, writeFileSync } from "node:fs";
import { EVENT_TYPES } from "@mintfax-webhooks/core";
import { OPENAPI } from "../src/openapi/document.ts";
import { eventSchema } from "../src/openapi/events.ts";

function write(name: string, value: unknown): void {
  writeFileSync(new URL(`../${name}`, import.meta.url), `${JSON.stringify(value, undefined, 2)}\n`);
}

write("openapi.json", OPENAPI);
mkdirSync(new URL("../schemas", import.meta.url), { recursive: true });
for (const type of EVENT_TYPES) write(`schemas/${type}.json`, eventSchema(type));
