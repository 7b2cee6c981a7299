import type { Command } from "commander";
import { type Part, printPart, printSummary } from "../doctor/print.ts";
import { checkReceiver } from "../doctor/receiver.ts";
import { checkSecret } from "../doctor/secret.ts";
import { checkStore } from "../doctor/store.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { type SecretOptions, withSecretFileOption } from "../secrets/find-secrets.ts";
import { isStoreNamed, type StoreOptions, storeAddressFrom, withStoreOptions } from "../stores/address.ts";
import { parseUrl } from "../target/option.ts";
import { UsageError } from "../usage-error.ts";

interface DoctorOptions extends SecretOptions, StoreOptions {
  readonly to?: URL;
  readonly json?: true;
}

/** Adds `doctor` to the program. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .summary("say what is wrong with a set-up, and the fix")
    .description(
      "Looks at the secret's shape, at the store and its server, and at a receiver. It claims nothing, changes nothing, and sends " +
        "the receiver one forged delivery.",
    );
  withJsonOption(
    withSecretFileOption(
      withStoreOptions(command).option("--to <url>", "the receiver, as mintfax reaches it", parseUrl),
      "MINTFAX_WEBHOOK_SECRET, .env",
    ),
  )
    .addHelpText("after", HELP)
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const { to, json } = options;
  const address = isStoreNamed(options) ? storeAddressFrom(options) : undefined;
  const parts: Part[] = [];
  const look = async (name: Part["name"], found: Promise<Part["findings"]>): Promise<void> => {
    const part = { name, findings: await found };
    if (part.findings.length === 0) return;
    parts.push(part);
    if (json === undefined) printPart(part);
  };
  await look("secret", checkSecret(options));
  if (address !== undefined) await look("store", checkStore(address));
  if (to !== undefined) await look("receiver", checkReceiver(to));
  if (parts.length === 0) {
    throw new UsageError(
      "There is nothing to look at. Pass --store, --to or --secret-file, or set MINTFAX_WEBHOOK_SECRET.",
    );
  }
  const red = parts.flatMap(({ findings }) => findings).filter(({ ok }) => ok === false);
  if (json) {
    const findings = parts.flatMap(({ name, findings }) =>
      findings.map((finding) => ({ part: name, ...finding })),
    );
    process.stdout.write(`${JSON.stringify({ ok: red.length === 0, findings })}\n`);
  } else printSummary(parts);
  process.exitCode = red.length === 0 ? EXIT.ok : EXIT.refused;
}

const HELP = `${examples(
  ["The secret and the store that .env names", "mintfax-webhooks doctor"],
  [
    "A store, and a receiver as mintfax reaches it",
    "mintfax-webhooks doctor --store /srv/clinic/webhooks.db \\\n    --to https://faxes.example.com/webhooks/mintfax",
  ],
)}

✗ stops deliveries, ! can lose or repeat one, ? could not be found out. Each
code in brackets is explained in docs/doctor.md.

Exits with 0 where nothing is red, with 1 where something is, and with 2 where
the command could not run.`;
