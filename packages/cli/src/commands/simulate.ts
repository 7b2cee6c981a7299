import { performance } from "node:perf_hooks";
import type { Command } from "commander";
import { type Assignment, collectAssignment } from "../assignment.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { numberBetween, wholeNumber } from "../options/numbers.ts";
import { coloursFor } from "../output/colours.ts";
import { findSecrets, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { interrupted } from "../signals.ts";
import { textOf } from "../simulate/print.ts";
import { showProgress } from "../simulate/progress.ts";
import { Simulation, type SimulationOptions } from "../simulate/simulation.ts";
import { type Summary, summarize } from "../simulate/summary.ts";
import { withTargetOption } from "../target/option.ts";
import { warmUp } from "../target/warm-up.ts";

interface SimulateOptions extends SecretOptions, Omit<SimulationOptions, "secrets" | "assignments"> {
  readonly set?: readonly Assignment[];
  readonly json?: true;
}

/** Adds `simulate` to the program. */
export function addSimulate(program: Command): void {
  const command = program
    .command("simulate")
    .summary("play the lives of many faxes")
    .description(
      "Plays the lives of many faxes against a receiver: fax.queued, fax.sending, and " +
        "fax.delivered or fax.failed, retried as mintfax retries, some of them twice or out of order. " +
        "Says how the receiver answered, how fast, and which events it never accepted.",
    );
  withTargetOption(command)
    .option("--faxes <n>", "number of faxes", wholeNumber(1, 10_000_000), 100)
    .option("--rate <n>", "faxes per second, with 3 to 5 events each", numberBetween(0.01, 100_000), 20)
    .option("--burst <n>", "number of faxes that start at the same moment", wholeNumber(1, 10_000), 10)
    .option("--duplicates <share>", "share of events that come twice, 0 to 1", numberBetween(0, 1), 0.05)
    .option(
      "--reorder <share>",
      "share of events overtaken by the next one, 0 to 1",
      numberBetween(0, 1),
      0.05,
    )
    .option(
      "--time-scale <x>",
      "factor for mintfax's delays of 10, 100 and 1000 s",
      numberBetween(0.0001, 1),
      0.01,
    )
    .option("--concurrency <n>", "most requests at the same time", wholeNumber(1, 1_000), 100)
    .option("--seed <n>", "play the same faxes again (default: random)", wholeNumber(0, 2 ** 32 - 1))
    .option("--set <path=value>", "set a field in every event (repeatable)", collectAssignment);
  withJsonOption(withSecretOptions(command))
    .addHelpText("after", HELP)
    .action(async (options: SimulateOptions) => {
      const summary = await simulate(options);
      const text = options.json
        ? `${JSON.stringify(summary)}\n`
        : textOf(summary, coloursFor(process.stdout));
      // After Ctrl-C, requests may still be under way; they are not waited for.
      process.stdout.write(text, () => summary.interrupted && process.exit(EXIT.interrupted));
      process.exitCode = summary.events.neverAccepted === 0 ? EXIT.ok : EXIT.refused;
    });
}

async function simulate(given: SimulateOptions): Promise<Summary> {
  const { secrets } = await findSecrets(given);
  const { set: assignments = [], seed = Math.floor(Math.random() * 2 ** 32) } = given;
  const options: SimulationOptions = { ...given, secrets, assignments, seed };
  await warmUp();
  const simulation = new Simulation(options);
  const progress = showProgress(simulation.tally, options.faxes);
  const before = performance.eventLoopUtilization();
  const startMs = performance.now();
  const ended = await Promise.race([simulation.run().then(() => true), interrupted().then(() => false)]);
  simulation.stop();
  progress.end();
  const seconds = (performance.now() - startMs) / 1000;
  const busy = performance.eventLoopUtilization(before).utilization;
  return summarize(options, simulation.tally, {
    seconds,
    busy,
    interrupted: !ended,
    forms: ended ? await simulation.triedForms() : undefined,
  });
}

const HELP = `${examples(
  ["A hundred faxes in five seconds, against a server on this machine", "mintfax-webhooks simulate"],
  ["A busy day: is an event lost?", "mintfax-webhooks simulate --faxes 10000 --rate 200"],
  ["Every event twice, half of them out of order", "mintfax-webhooks simulate --duplicates 1 --reorder 0.5"],
  [
    "Time to restart your server: retries for 111 s instead of 11 s",
    "mintfax-webhooks simulate --time-scale 0.1",
  ],
)}

data.object.tags.order is "1" in the events of the first fax, "2" in those of
the second, and so on. Create these orders first if your handlers look them up.

As mintfax does, it retries an event after 10, 100 and 1000 seconds (times
--time-scale), then gives up on it. Exits with 1 if it gave up on an event.`;
