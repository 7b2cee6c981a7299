import type { CheckResult } from "@mintfax-webhooks/certify";
import type { Findings, SimulateMode, TriggerMode } from "../contract/findings.ts";
import { NEWER_SECRET } from "../contract/newer-secret.ts";
import type { RunningReceiver } from "../contract/receiver.ts";
import { command } from "./command.ts";

const TRIGGERS: Readonly<Record<TriggerMode, readonly string[]>> = {
  "fax.delivered": ["fax.delivered"],
  "balance.low": ["balance.low"],
  "a name beyond ASCII": ["fax.delivered", "--set", "data.object.tags.patient=Zoë"],
  rotation: ["fax.delivered"],
  "--forge": ["fax.delivered", "--forge"],
  "--stale": ["fax.delivered", "--stale"],
  "--tamper": ["fax.delivered", "--tamper"],
  "--copies": ["fax.delivered", "--copies", "20"],
};
const SIMULATES: readonly SimulateMode[] = ["faxes", "rotation"];
/** A few seconds of faxes, with mintfax's 18 minutes of retries in a tenth of a second. */
const FEW_FAXES = ["--faxes", "6", "--rate", "60", "--time-scale", "0.0001", "--seed", "7"];

/** Plays the three commands against a receiver, one after the other. */
export async function find(receiver: RunningReceiver, secret: string): Promise<Findings> {
  const to = ["--to", receiver.url];
  const secretsOf = (mode: string): string[] => (mode === "rotation" ? [NEWER_SECRET, secret] : [secret]);

  const trigger: TriggerMode[] = [];
  for (const [mode, args] of Object.entries(TRIGGERS) as [TriggerMode, readonly string[]][]) {
    const { isGood } = await command(["trigger", ...args, ...to], secretsOf(mode));
    if (!isGood) trigger.push(mode);
  }

  const simulate: SimulateMode[] = [];
  for (const mode of SIMULATES) {
    const { isGood } = await command(["simulate", ...FEW_FAXES, ...to], secretsOf(mode));
    if (!isGood) simulate.push(mode);
  }

  const runs = receiver.runsUrl === undefined ? [] : ["--runs", receiver.runsUrl];
  const { printed } = await command<{ results: CheckResult[] }>(["certify", ...to, ...runs], [secret]);
  const failed = (wanted: CheckResult["level"]): string[] =>
    printed.results
      .filter(({ level, verdict }) => level === wanted && verdict === "fail")
      .map(({ id }) => id);
  return { trigger, simulate, certify: failed("must"), advised: failed("should") };
}
