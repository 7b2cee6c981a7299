/**
 * A day at a clinic: mintfax, played by the sandbox, sends its events to the Express example, a process of its own, over
 * HTTP; others send forgeries. Checks what came of each, and exits with 1 if anything is off. With `--page`, the sandbox's
 * page stays open until Ctrl-C.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Day } from "./day.ts";
import { Report } from "./report.ts";

const { values } = parseArgs({ options: { page: { type: "boolean", default: false } } });

const report = new Report();
report.start("A day at a clinic: mintfax's sandbox sends, examples/express receives");
const day = await Day.begin(report);
try {
  await day.allScenes();
  process.exitCode = report.end() ? 0 : 1;
  if (values.page) {
    const ended = once(process, "SIGINT");
    // What the page's buttons send belongs to this order.
    await day.clinic.addOrder("1042");
    console.log(`  The page shows every attempt: ${day.mintfax.pageUrl}`);
    console.log("  The clinic still runs. Send it a fax there. Ctrl-C ends both.\n");
    await ended;
  }
} finally {
  await day.end();
}
