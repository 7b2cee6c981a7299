import * as imported from "node:http";
import { report } from "./report.ts";

report(Object.keys(imported).length);
