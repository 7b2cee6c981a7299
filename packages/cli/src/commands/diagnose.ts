import { readFileSync } from "node:fs";
import { type CapturedRequest, type Diagnosis, diagnose } from "@mintfax-webhooks/diagnose";
import {
  CAPTURE_FORMATS,
  readCapture,
  readCurl,
  readHeaderText,
  UnreadableCaptureError,
} from "@mintfax-webhooks/diagnose/read";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { renderDiagnosis } from "../output/render-diagnosis.ts";
import { findSecretText, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { UsageError } from "../usage-error.ts";

interface DiagnoseOptions extends SecretOptions {
  readonly headers?: string;
  readonly body?: string;
  readonly curl?: string;
  readonly at?: Date;
  readonly json?: true;
}

/** Far more than a delivery has. A larger file holds more than one request. */
const MOST_CAPTURE_BYTES = 16 * 1024 * 1024;

/** Adds `diagnose` to the program. */
export function addDiagnose(program: Command): void {
  const command = program
    .command("diagnose")
    .summary("find out why a captured request does not verify")
    .description(
      "Says why a captured request does not verify. Undoes one possible change after the other until the signature matches.",
    )
    .argument("[file]", "the capture, in any of the formats below; - for standard input")
    .option("--headers <file>", "file with the headers, as lines or as JSON")
    .option("--body <file>", "file with the body of --headers, byte for byte")
    .option("--curl <file>", "file with a curl command")
    .option("--at <time>", "time of capture: an ISO date or Unix seconds", parseTime);
  withJsonOption(withSecretOptions(command))
    .addHelpText("after", HELP)
    .action(async (file: string | undefined, options: DiagnoseOptions) => {
      process.exitCode = await run(file, options);
    });
}

async function run(file: string | undefined, options: DiagnoseOptions): Promise<number> {
  const diagnosis = await diagnosisOf(file, options);
  process.stdout.write(options.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : renderDiagnosis(diagnosis));
  return EXITS[diagnosis.verdict] ?? EXIT.refused;
}

const EXITS: Readonly<Partial<Record<Diagnosis["verdict"], number>>> = {
  verified: EXIT.ok,
  unchecked: EXIT.usage,
};

async function diagnosisOf(file: string | undefined, options: DiagnoseOptions): Promise<Diagnosis> {
  try {
    const request = requestFrom(file, options);
    const { text } = await findSecretText(options);
    return diagnose(request, text, options.at === undefined ? {} : { at: options.at });
  } catch (error) {
    if (error instanceof UnreadableCaptureError) return error.diagnosis;
    throw error;
  }
}

function requestFrom(file: string | undefined, { headers, body, curl }: DiagnoseOptions): CapturedRequest {
  const ways = [file, headers ?? body, curl].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new UsageError(
      `${ways.length === 0 ? "No captured request was given." : "More than one captured request was given."} ` +
        "Give a file (or - for standard input), or --headers FILE --body FILE, or --curl FILE.",
    );
  }
  if (curl !== undefined)
    return reading(curl, (bytes) => readCurl(new TextDecoder().decode(bytes), readFileSync));
  if (file !== undefined) return reading(file, (bytes) => readCapture(bytes, readFileSync));
  if (headers === undefined || body === undefined) {
    throw new UsageError(
      `--${headers === undefined ? "body needs --headers" : "headers needs --body"} FILE too.`,
    );
  }
  if (headers === "-" && body === "-")
    throw new UsageError("Only one of --headers and --body can be standard input.");
  return { headers: reading(headers, readHeaderText), body: reading(body, (bytes) => bytes) };
}

function reading<T>(file: string, read: (bytes: Uint8Array) => T): T {
  const name = file === "-" ? "Standard input" : file;
  let bytes: Uint8Array;
  try {
    if (file === "-" && process.stdin.isTTY) process.stderr.write("Paste the request, then press Ctrl-D:\n");
    bytes = readFileSync(file === "-" ? process.stdin.fd : file);
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (bytes.length > MOST_CAPTURE_BYTES) {
    throw new UsageError(
      `${name} has ${bytes.length} bytes; at most ${MOST_CAPTURE_BYTES} are read. Cut it down to one request.`,
    );
  }
  return read(bytes);
}

function parseTime(text: string): Date {
  const time = /^\d{9,11}$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError("expected a date such as 2026-11-24T12:00:00Z, or Unix seconds.");
}

const HELP = `${examples(
  ["A request with its headers, as it arrived", "mintfax-webhooks diagnose request.http"],
  [
    "Headers as the dashboard shows them, and the body",
    "mintfax-webhooks diagnose --headers headers.json --body body.json",
  ],
  ["A curl command from the clipboard (macOS)", "pbpaste | mintfax-webhooks diagnose -"],
  [
    "Was the clock right at the time of capture?",
    "mintfax-webhooks diagnose request.http --at 2026-11-24T12:00:00Z",
  ],
)}

Formats, in UTF-8 or UTF-16:
${CAPTURE_FORMATS.map((format) => `  - ${format}`).join("\n")}

Exits with 0 if the request verifies, with 1 if it does not, with 2 if the file
does not give a whole request. Prints no secret, no expected signature and no
value of the payload. How to capture a request, and all causes:
docs/signature-refused.md.`;
