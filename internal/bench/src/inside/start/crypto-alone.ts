import * as imported from "node:crypto";
import { report } from "./report.ts";

report(Object.keys(imported).length);
