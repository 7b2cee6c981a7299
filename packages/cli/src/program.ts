import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addDiagnose } from "./commands/diagnose.ts";
import { addListen } from "./commands/listen.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addTrigger } from "./commands/trigger.ts";
import { examples, paint } from "./help.ts";
import { printError } from "./output/notice.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The command with its subcommands. */
export function createProgram(): Command {
  const program = new Command("mintfax-webhooks")
    .description("Try out a receiver of mintfax's webhooks, and find out what is wrong with one.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showHelpAfterError("(--help says what there is)")
    .configureHelp({
      styleTitle: paint.bold,
      // `-h` explains itself once, at the top.
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.replace("[options]", "").trim(),
    })
    .configureOutput({ outputError: (text) => printError(inShort(withoutSecrets(text))) })
    .exitOverride();
  addTrigger(program);
  addSimulate(program);
  addListen(program);
  addDiagnose(program);
  program.addHelpText("after", HELP);
  return program;
}

/** `--copies 0: expected ...`, where commander says it in many words. */
function inShort(text: string): string {
  return text
    .replace(/^error: /, "")
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. /s, "$1 $2: ")
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*?)'\. /s, "$2 $1: ");
}

/** Commander repeats what it does not understand, which may be a secret. */
function withoutSecrets(text: string): string {
  return text.replace(/whsec_[^\s']*/g, "whsec_...");
}

const HELP = `${examples(
  ["Send one signed event to a server on this machine", "mintfax-webhooks trigger fax.delivered"],
  ["See that the server refuses a forged one", "mintfax-webhooks trigger fax.delivered --forge"],
  ["Play 1,000 faxes, with retries and duplicates", "mintfax-webhooks simulate --faxes 1000 --rate 50"],
  [
    "See what arrives, and pass it on to your server",
    "mintfax-webhooks listen --forward http://127.0.0.1:3000/webhooks/mintfax",
  ],
)}

${paint.bold("Secret:")}
  The endpoint's whsec_... value, from MINTFAX_WEBHOOK_SECRET in the environment
  or in .env, from --secret-file, or typed in when asked. It is never printed.

${paint.bold("Exit codes:")}
  0    everything was accepted, or refused where a refusal was asked for
  1    something was refused or lost
  2    it could not be done: wrong usage, no secret, a port that is taken
  130  ended by Ctrl-C before it was done`;
