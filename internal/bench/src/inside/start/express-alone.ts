import * as imported from "express";
import { report } from "./report.ts";

report(Object.keys(imported).length);
