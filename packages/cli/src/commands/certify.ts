import { writeFileSync } from "node:fs";
import { CertifyError, type CheckResult, certify } from "@mintfax-webhooks/certify";
import type { Command } from "commander";
import { junitOf } from "../certify/junit.ts";
import { printGroup, printHeading, printResult, printSummary } from "../certify/print.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { answerTimeMs } from "../options/answer-time.ts";
import { findSecrets, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { hintFor } from "../target/hint.ts";
import { parseUrl, withTargetOption } from "../target/option.ts";
import { UsageError } from "../usage-error.ts";

interface CertifyCommandOptions extends SecretOptions {
  readonly to: URL;
  readonly runs?: URL;
  readonly timeout?: number;
  readonly junit?: string;
  readonly json?: true;
}

/** Adds `certify` to the program. */
export function addCertify(program: Command): void {
  const command = program
    .command("certify")
    .summary("try what a good receiver does")
    .description(
      "Tries some 90 behaviours on a receiver in any language: which deliveries it accepts, which it refuses, " +
        "whether it handles an event once. It sends events of faxes that do not exist: try it on a server for tests.",
    );
  withTargetOption(command)
    .option("--runs <url>", "answers ?id=evt_... with how often the handler ran", parseUrl)
    .option("--timeout <time>", "how long one answer may take: 500ms, 5s, 1m (default: 30s)", answerTimeMs)
    .option("--junit <file>", "write the results as JUnit XML, too");
  withJsonOption(withSecretOptions(command))
    .addHelpText("after", HELP)
    .action(async (options: CertifyCommandOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: CertifyCommandOptions): Promise<number> {
  const { to, runs, timeout, junit, json } = options;
  const { secrets } = await findSecrets(options);
  const [secret = ""] = secrets;
  if (!json) printHeading(to);
  let before: CheckResult | undefined;
  const onResult = (result: CheckResult): void => {
    if (json) return;
    if (result.group !== before?.group) printGroup(result.group);
    printResult(result, before?.verdict !== "fail" || result.why !== before.why);
    before = result;
  };
  const certificate = await certify({
    url: to,
    secret,
    onResult,
    ...(runs !== undefined && { runsUrl: runs }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
  }).catch((error: unknown) => {
    if (!(error instanceof CertifyError)) throw error;
    const hint = hintFor({ status: null, outcome: null, code: null, message: error.message }, to);
    throw new UsageError([error.message, hint].filter((text) => text !== undefined).join(" "));
  });
  if (junit !== undefined) write(junit, certificate.results);
  if (json) process.stdout.write(`${JSON.stringify(certificate)}\n`);
  else printSummary(certificate);
  return certificate.passed ? EXIT.ok : EXIT.refused;
}

function write(file: string, results: readonly CheckResult[]): void {
  try {
    writeFileSync(file, junitOf(results));
  } catch (error) {
    throw new UsageError(`--junit ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

const HELP = `${examples(
  ["A receiver on this machine", "mintfax-webhooks certify"],
  [
    "With its handler seen, in CI",
    "mintfax-webhooks certify --runs http://127.0.0.1:3000/runs --junit out.xml",
  ],
)}

For --runs, the handler does what the tag "certify" of a fax says: "fail once"
fails the first time; "slow" takes 1 s; "slow, fail once" does both.

Exits with 1 if the receiver fails a check that is not only advice.`;
