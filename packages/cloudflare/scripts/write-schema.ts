/** Part of the build: writes `d1.sql`, which is published, from the schema in code. */
import { writeFileSync } from "node:fs";
import { D1_SCHEMA } from "../src/d1/schema.ts";

writeFileSync(new URL("../d1.sql", import.meta.url), D1_SCHEMA);
