import * as imported from "@mintfax-webhooks/express";
import * as framework from "express";
import { report } from "./report.ts";

report(Object.keys(imported).length + Object.keys(framework).length);
