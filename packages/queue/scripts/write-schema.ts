/** Part of the build: writes `d1.sql`, which is published, from the schema in code. */
import { writeFileSync } from "node:fs";
import { CLOUDFLARE_PARKED_SCHEMA } from "../src/cloudflare/parked-statements.ts";

writeFileSync(new URL("../d1.sql", import.meta.url), CLOUDFLARE_PARKED_SCHEMA);
