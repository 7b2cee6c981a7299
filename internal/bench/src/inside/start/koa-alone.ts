import * as imported from "koa";
import { report } from "./report.ts";

report(Object.keys(imported).length);
