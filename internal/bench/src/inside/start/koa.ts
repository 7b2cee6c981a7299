import * as imported from "@mintfax-webhooks/koa";
import * as framework from "koa";
import { report } from "./report.ts";

report(Object.keys(imported).length + Object.keys(framework).length);
