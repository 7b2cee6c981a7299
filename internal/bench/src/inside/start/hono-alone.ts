import * as server from "@hono/node-server";
import * as imported from "hono";
import { report } from "./report.ts";

report(Object.keys(imported).length + Object.keys(server).length);
