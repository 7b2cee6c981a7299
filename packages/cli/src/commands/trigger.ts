import type { MintfaxEventType } from "@mintfax-webhooks/core";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import type { Command } from "commander";
import { type Assignment, assign, collectAssignment } from "../assignment.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { wholeNumber } from "../options/numbers.ts";
import { printNote } from "../output/notice.ts";
import { findSecrets, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { tryForms } from "../target/body-forms.ts";
import { withTargetOption } from "../target/option.ts";
import { warmUp } from "../target/warm-up.ts";
import { type Disguise, deliveryOf } from "../trigger/disguise.ts";
import { parseType, TYPES_IN_WORDS } from "../trigger/event-type.ts";
import { printJson, printText } from "../trigger/print.ts";
import { asExpected, type Triggered } from "../trigger/triggered.ts";
import { UsageError } from "../usage-error.ts";

interface TriggerOptions extends SecretOptions {
  readonly to: URL;
  readonly set?: readonly Assignment[];
  readonly id?: string;
  readonly copies: number;
  readonly forge?: true;
  readonly stale?: true;
  readonly tamper?: true;
  readonly json?: true;
}

/** More copies show nothing new about a receiver, and reach the limits of this process. */
const MOST_COPIES = 1_000;

/** Adds `trigger` to the program. */
export function addTrigger(program: Command): void {
  const command = program
    .command("trigger")
    .summary("send one signed event")
    .description("Sends one event to a receiver, signed as mintfax signs, and prints its answer.")
    .argument("[type]", TYPES_IN_WORDS.replace(" and ", " or "), parseType)
    .option("--set <path=value>", "set a field, as JSON or text (repeatable)", collectAssignment)
    .option("--id <id>", "the event's id (default: a new one)")
    .option("--copies <n>", "number of copies to send at the same moment", wholeNumber(1, MOST_COPIES), 1);
  withTargetOption(command)
    .addOption(command.createOption("--forge", "sign with another key").conflicts(["stale", "tamper"]))
    .addOption(command.createOption("--stale", "sign with a timestamp one hour old").conflicts("tamper"))
    .option("--tamper", "change the body after signing");
  withJsonOption(withSecretOptions(command))
    .addHelpText("after", HELP)
    .action(async (type: MintfaxEventType | undefined, options: TriggerOptions) => {
      if (type === undefined) {
        throw new UsageError(
          `Which event? mintfax sends ${TYPES_IN_WORDS}: mintfax-webhooks trigger fax.delivered`,
        );
      }
      process.exitCode = await trigger(type, options);
    });
}

async function trigger(type: MintfaxEventType, options: TriggerOptions): Promise<number> {
  const { to, id, copies, set = [], json } = options;
  const { secrets } = await findSecrets(options);
  const fixture = eventFixture(type, id === undefined ? {} : { id });
  const { event, added } = assign(fixture, set);
  for (const path of added) {
    printNote(`${type} has no ${path} in mintfax's documentation; sent anyway`);
  }
  const disguise = disguiseOf(options);
  const delivery = deliveryOf(event, secrets, disguise);
  const sender = createTestSender({ secret: secrets, to });
  await warmUp();
  const attempts = await Promise.all(Array.from({ length: copies }, () => sender.send(delivery)));
  const [first] = attempts;
  const forms =
    disguise === undefined && first !== undefined ? await tryForms(event, first, sender) : undefined;
  const triggered: Triggered = { type: event.type, id: delivery.id, to, disguise, attempts, forms };
  if (json) printJson(triggered);
  else printText(triggered);
  return asExpected(triggered) ? EXIT.ok : EXIT.refused;
}

function disguiseOf({ forge, stale, tamper }: TriggerOptions): Disguise | undefined {
  if (forge) return "forged";
  if (stale) return "stale";
  return tamper ? "tampered" : undefined;
}

const HELP = `${examples(
  ["An event with every field that mintfax documents", "mintfax-webhooks trigger fax.failed"],
  [
    "Set fields by their path, as JSON or text",
    "mintfax-webhooks trigger fax.delivered --set data.object.tags.order=7 \\\n    --set data.object.pages=12",
  ],
  [
    "20 copies at once: one is processed, the others are duplicates",
    "mintfax-webhooks trigger balance.low --copies 20",
  ],
  ["Run it twice: the second is a duplicate", "mintfax-webhooks trigger fax.queued --id evt_again"],
  [
    "A delivery that must be refused. Exits with 0 if it is",
    "mintfax-webhooks trigger fax.delivered --forge   # or --stale, --tamper",
  ],
)}

Exits with 1 if a delivery is not accepted. With several copies, one has to be:
the others may get any status, such as 409 while the event is being processed.`;
