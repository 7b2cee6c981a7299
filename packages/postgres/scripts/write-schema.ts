/** Part of the build: writes `schema.sql`, which is published, from the schema in code. */
import { writeFileSync } from "node:fs";
import { postgresSchema } from "../src/schema.ts";

writeFileSync(new URL("../schema.sql", import.meta.url), postgresSchema());
