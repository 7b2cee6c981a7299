import { testParked } from "./support/parked-suite.ts";
import { pgBossEngine } from "./support/parking.ts";

testParked("pg-boss", pgBossEngine);
