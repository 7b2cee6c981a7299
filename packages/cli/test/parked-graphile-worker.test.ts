import { testParked } from "./support/parked-suite.ts";
import { graphileWorkerEngine } from "./support/parking.ts";

testParked("graphile-worker", graphileWorkerEngine);
