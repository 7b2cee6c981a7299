import { Exported } from "../exported.ts";
import { testCatchUp } from "./catch-up.ts";
import { testWhatIsKeptOut } from "./kept-out.ts";
import { testOutcomes } from "./outcomes.ts";
import { testProcessed } from "./processed.ts";
import { testQueue } from "./queue.ts";

/**
 * What holds with every version of the API and the SDK that we claim to work with.
 *
 * @param version of the API
 */
export function testTelemetry(version: RegExp): void {
  const exported = new Exported(version);
  testProcessed(exported);
  testOutcomes(exported);
  testQueue(exported);
  testCatchUp(exported);
  testWhatIsKeptOut(exported);
}
