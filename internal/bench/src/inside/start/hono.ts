import * as server from "@hono/node-server";
import * as imported from "@mintfax-webhooks/hono";
import * as framework from "hono";
import { report } from "./report.ts";

report(Object.keys(imported).length + Object.keys(framework).length + Object.keys(server).length);
