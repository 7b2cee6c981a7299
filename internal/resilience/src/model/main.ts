/**
 * The model: the engine, the two stages of hand-off and every store held against the state machine of the design, by interleavings that a seed
 * repeats. Prints seeds and counts; exits with 1 if there is a counterexample.
 */
import { printVerdict } from "../verdict.ts";
import { optionsFrom } from "./options.ts";
import { runEngine } from "./run-engine.ts";
import { runHandOff } from "./run-hand-off.ts";
import { runStores } from "./run-stores.ts";

const options = optionsFrom(process.argv.slice(2));
console.log(
  `Model, seed ${options.seed}, Node ${process.version}${options.plant ? `, with ${options.plant}` : ""}`,
);
const engine = await runEngine(options);
const handOff = await runHandOff(options);
const stores = await runStores(options);
// Servers that were started end with this process.
process.exit(printVerdict([engine, handOff, stores].filter((held) => !held).length));
