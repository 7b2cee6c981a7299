import * as http from "node:http";
import * as core from "@mintfax-webhooks/core";
import { report } from "./report.ts";

report(Object.keys(http).length + Object.keys(core).length);
