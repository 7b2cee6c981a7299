import { report } from "./report.ts";

report(0);
