import {
  type CheckFinding,
  checkSetup,
  createFetchHandler,
  MintfaxWebhookError,
} from "@mintfax-webhooks/core";
import { variable } from "../environment.ts";
import { readSecretFile } from "../secrets/file.ts";
import type { SecretOptions } from "../secrets/find-secrets.ts";

const VARIABLE = "MINTFAX_WEBHOOK_SECRET";

/** The signing secret's shape, as a receiver reads it. Nothing where there is none; it is not asked for. */
export async function checkSecret({ secretFile, envFile }: SecretOptions): Promise<CheckFinding[]> {
  const found =
    secretFile === undefined
      ? variable(VARIABLE, envFile)
      : { text: readSecretFile("--secret-file", secretFile), source: secretFile };
  if (found === undefined) return [];
  const at = (message: string): string => `${found.source}: ${message}`;
  try {
    const { findings } = await checkSetup(createFetchHandler({ secret: found.text }));
    return findings
      .filter(({ code }) => code === "secret")
      .map((finding) => ({ ...finding, message: at(finding.message) }));
  } catch (error) {
    if (!(error instanceof MintfaxWebhookError)) throw error;
    return [{ code: "secret", level: "error", ok: false, message: at(error.message) }];
  }
}
