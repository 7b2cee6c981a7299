import { DIFFERENCES } from "conformance/adapter-suite";

/** Prints what the framework table does not show: where a platform leaves a receiver no choice. */
export function printDifferences(): void {
  console.log("\n  Not the same everywhere, since the platform decides it before a receiver is asked:");
  for (const { platform, cases, reason } of DIFFERENCES) {
    const [first = ""] = cases;
    const others = cases.length > 1 ? ` and ${cases.length - 1} more` : "";
    console.log(`  - ${platform}, ${first.replace("/", ": ")}${others}. ${reason}`);
  }
}
