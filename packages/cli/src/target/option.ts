import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import { type Command, InvalidArgumentError } from "commander";

/** Where the examples of every adapter listen. */
const DEFAULT_TARGET = `http://127.0.0.1:3000${DEFAULT_PATH}`;

/** Adds `--to`. */
export function withTargetOption(command: Command): Command {
  const option = command.createOption("--to <url>", "the receiver").argParser(parseUrl);
  return command.addOption(option.default(new URL(DEFAULT_TARGET), DEFAULT_TARGET));
}

/**
 * `localhost:3000` is `http://localhost:3000`, and a URL without a path has the default one.
 *
 * @throws {InvalidArgumentError} for a text that is not an http or https URL, and for one with a password
 */
export function parseUrl(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError(`expected a URL such as ${DEFAULT_TARGET}.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError(
      "expected a URL without a user and a password: mintfax does not say that it sends them.",
    );
  }
  if (/^[^/]*:\/\/[^/?#]*$/.test(whole)) url.pathname = DEFAULT_PATH;
  return url;
}
