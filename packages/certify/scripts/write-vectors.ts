import { writeFileSync } from "node:fs";
import { vectorFile } from "../src/vectors/file.ts";

writeFileSync(new URL("../vectors.json", import.meta.url), `${JSON.stringify(vectorFile(), null, 1)}\n`);
