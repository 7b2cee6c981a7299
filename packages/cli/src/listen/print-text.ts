import type { Finding } from "@mintfax-webhooks/diagnose";
import { isAccepted } from "@mintfax-webhooks/testing";
import type { Colours } from "../output/colours.ts";
import { columnsOf, duration, oneLine, wrap } from "../output/text.ts";
import { isUnhandled, noHandlerFor } from "../target/unhandled.ts";
import { answerOf, type Entry, isAuthentic, isFine, outcomeOf } from "./entry.ts";
import { describe } from "./essentials.ts";

const ID_LENGTH = 11;
const TYPE_WIDTH = 13;
const OUTCOME_WIDTH = 9;
/** Width of the time and the mark. Explanations are indented by it. */
const INDENT = 12;
const REST_AT = INDENT + TYPE_WIDTH + 2 + ID_LENGTH + 2 + OUTCOME_WIDTH + 2;

/** A line for people, and below it the reason where the delivery was refused. */
export function textLines(entry: Entry, { bold, dim, green, red, yellow }: Colours): string {
  const { at, verified, essentials } = entry;
  const { type, id, code } = verified;
  const mark = !isFine(entry)
    ? red("✗")
    : isUnhandledThere(entry)
      ? yellow("!")
      : verified.outcome === "duplicate"
        ? yellow("=")
        : green("✓");
  const shownType = (type === undefined ? "unverified" : oneLine(type)).padEnd(TYPE_WIDTH);
  const line = [
    `${dim(clock(at))}  ${mark} ${type === undefined ? dim(shownType) : bold(shownType)}`,
    dim(shortened(id ?? "no id").padEnd(ID_LENGTH)),
    outcomeOf(entry).padEnd(OUTCOME_WIDTH),
  ].join("  ");
  const rest = type === undefined ? (code ?? "") : describe(type, essentials);
  const first = fits(rest) ? [`${line}  ${rest}`.trimEnd()] : [line.trimEnd(), wrap(rest, INDENT)];
  return [...first, ...forwardLines(entry, dim), ...refusalLines(entry)].join("\n");
}

function fits(rest: string): boolean {
  return REST_AT + rest.length <= columnsOf(process.stdout);
}

function forwardLines({ verified, forwarded, durationMs }: Entry, dim: Colours["dim"]): string[] {
  if (forwarded === undefined) return [];
  const answer = answerOf(forwarded);
  const words = [answer.status === null ? "no answer" : String(answer.status), answer.outcome, answer.code];
  const line = `${" ".repeat(INDENT)}→ ${words.filter((word) => word !== null).join("  ")}  ${dim(duration(durationMs))}`;
  if (isUnhandled(answer))
    return [line, wrap(noHandlerFor(oneLine(verified.type ?? "this type")), INDENT + 2)];
  if (isAccepted(forwarded)) return [line];
  if (answer.code === "signature_mismatch" && isAuthentic(verified))
    return [line, wrap(DIFFERS_THERE, INDENT + 2)];
  // The lines below say why it is refused here.
  const isSaid = answer.message === null || answer.code === verified.code;
  return isSaid ? [line] : [line, wrap(answer.message, INDENT + 2)];
}

function isUnhandledThere({ forwarded }: Entry): boolean {
  return forwarded !== undefined && isUnhandled(answerOf(forwarded));
}

const DIFFERS_THERE =
  "The signature is right. Your server has another secret, or something in front of its check changes the body.";

function refusalLines({ verified, diagnosis, undiagnosed }: Entry): string[] {
  if (isAuthentic(verified)) return [];
  if (undiagnosed !== undefined) return [wrap(`The cause was not looked for: ${undiagnosed}.`, INDENT)];
  const findings = diagnosis?.findings ?? [];
  // A request with another method need not have the headers or a body.
  const method = findings.find(({ code }) => code === "method_not_post");
  if (method !== undefined) return [findingLines(method)];
  const proven = findings.filter(({ certainty }) => certainty === "proven");
  const told = proven.length > 0 ? proven : findings.slice(0, 1);
  if (told.length === 0) return verified.message === undefined ? [] : [wrap(verified.message, INDENT)];
  return told.map(findingLines);
}

function findingLines({ what, fix, certainty }: Finding): string {
  const said = wrap(certainty === "proven" || /\bprobably\b/.test(what) ? what : `Perhaps: ${what}`, INDENT);
  return fix === "" ? said : `${said}\n${wrap(`Fix: ${fix}`, INDENT)}`;
}

function shortened(id: string): string {
  return id.length > ID_LENGTH ? `${id.slice(0, ID_LENGTH - 1)}…` : id;
}

const SHOWN_PATH = 40;

/** A line about a request for another path, which is not a delivery. */
export function strangerLine(method: string, path: string, { dim }: Colours): string {
  const shown = oneLine(`${method} ${path}`);
  const cut = shown.length > SHOWN_PATH ? `${shown.slice(0, SHOWN_PATH - 1)}…` : shown;
  return dim(`${clock(new Date())}  · ${cut}  404, not the path of deliveries`);
}

/** The local time of day: `14:02:11`. */
function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
