import * as imported from "@mintfax-webhooks/core";
import { report } from "./report.ts";

report(Object.keys(imported).length);
