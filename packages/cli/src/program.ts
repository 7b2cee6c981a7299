import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addCatchUp } from "./commands/catch-up.ts";
import { addCertify } from "./commands/certify.ts";
import { addDiagnose } from "./commands/diagnose.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addForget } from "./commands/forget.ts";
import { addListen } from "./commands/listen.ts";
import { addParked } from "./commands/parked.ts";
import { addPending } from "./commands/pending.ts";
import { addRelease } from "./commands/release.ts";
import { addSandbox } from "./commands/sandbox.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addStatus } from "./commands/status.ts";
import { addTrigger } from "./commands/trigger.ts";
import { addWatch } from "./commands/watch.ts";
import { examples, paint } from "./help.ts";
import { HELP_COLUMNS, narrowed } from "./output/narrow-help.ts";
import { printError } from "./output/notice.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The command with its subcommands. */
export function createProgram(): Command {
  const program = new Command("mintfax-webhooks")
    .description("Test a receiver of mintfax's webhooks, and find out why it refuses a delivery.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showHelpAfterError("(--help lists commands and options)")
    .configureHelp({
      styleTitle: paint.bold,
      // `-h` explains itself once, at the top.
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.replace("[options]", "").trim(),
    })
    .configureOutput({
      outputError: (text) => printError(inShort(withoutSecrets(text))),
      getOutHelpWidth: () => Math.max(HELP_COLUMNS, process.stdout.columns ?? HELP_COLUMNS),
      writeOut: (text) => void process.stdout.write(narrowed(text, process.stdout.columns ?? HELP_COLUMNS)),
    })
    .exitOverride();
  addTrigger(program);
  addSimulate(program);
  addCertify(program);
  addListen(program);
  addDiagnose(program);
  addDoctor(program);
  addParked(program);
  addCatchUp(program);
  addWatch(program);
  addStatus(program);
  addPending(program);
  addForget(program);
  addRelease(program);
  addSandbox(program);
  program.addHelpText("after", HELP);
  return program;
}

/** `--copies 0: expected ...`, where commander says it at length. */
function inShort(text: string): string {
  return text
    .replace(/^error: /, "")
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. /s, "$1 $2: ")
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*?)'\. /s, "$2 $1: ");
}

/** Commander repeats what it does not understand, which may be a secret. */
function withoutSecrets(text: string): string {
  return text
    .replace(/whsec_[^\s']*/g, "whsec_...")
    .replace(/mfx_(\w+?)_[^\s']*/g, "mfx_$1_...")
    .replace(/(\w+:\/\/)[^\s']*@/g, "$1...@");
}

const HELP = `${examples(
  ["Send one signed event to a server on this machine", "mintfax-webhooks trigger fax.delivered"],
  ["Check that the server refuses a forged event", "mintfax-webhooks trigger fax.delivered --forge"],
  ["Play 1,000 faxes, with retries and duplicates", "mintfax-webhooks simulate --faxes 1000 --rate 50"],
  [
    "See what arrives, and pass it on to your server",
    "mintfax-webhooks listen --forward http://127.0.0.1:3000/webhooks/mintfax",
  ],
  ["Look for what is wrong with the secret and the store", "mintfax-webhooks doctor"],
  ["Play mintfax itself, with a page that shows every attempt", "mintfax-webhooks sandbox"],
  [
    "After an outage: what mintfax's four attempts did not get through",
    "mintfax-webhooks catch-up --endpoint webhook_8aZqRm4yT3vK7pNxJ2bH9c",
  ],
)}

${paint.bold("Secret:")}
  The endpoint's whsec_... value, from MINTFAX_WEBHOOK_SECRET in the environment
  or in .env, from --secret-file, or typed in when asked. It is never printed.

${paint.bold("Exit codes:")}
  0    every delivery was accepted, or refused where that was asked for
  1    a delivery was refused, lost or is missing; a message is not parked; a
       claim is held, or the event that was named is not known or not changed
  2    the command could not run: wrong usage, no secret or key, a port in use
  130  ended by Ctrl-C before the end`;
