import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Mutant } from "./mutate.ts";

/** A line of core on which some mutants behave like the original, so that no test can tell them apart. */
export interface Equivalent {
  /** From the root of the repository. */
  readonly file: string;
  /** The line, without its indentation. */
  readonly line: string;
  /** Stryker's names of these mutants, or `all`. */
  readonly mutators: readonly string[] | "all";
  readonly why: string;
}

const DEDUP = "packages/core/src/dedup";
const NODE = "packages/core/src/node";
const SIGNATURE = "packages/core/src/signature";
const STORE = "packages/core/src/store";

export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: `${DEDUP}/lease.ts`,
    line: "} catch {",
    mutators: ["BlockStatement"],
    why: "undefined is returned without it",
  },
  {
    file: `${DEDUP}/process-leased.ts`,
    line: 'let settlement: Settlement = "ok";',
    mutators: ["StringLiteral"],
    why: 'what is not "lost" counts alike',
  },
  {
    file: `${DEDUP}/process-transactional.ts`,
    line: "if (work !== undefined) this.#run.watch();",
    mutators: ["ConditionalExpression"],
    why: "the timer is cleared in the same turn",
  },
  {
    file: `${DEDUP}/unrecorded.ts`,
    line: "return this.#ids.size > 0 && this.#ids.get(store)?.has(nameOf(key)) === true;",
    mutators: ["EqualityOperator", "ConditionalExpression"],
    why: "with no ids, a look at them only takes longer",
  },
  {
    file: `${NODE}/delivery.ts`,
    line: "if (this.#isRead && req.complete) req.read();",
    mutators: ["ConditionalExpression"],
    why: "resume() comes to the same end, by a longer way",
  },
  {
    file: `${NODE}/replaced-methods.ts`,
    line: "if (isPromiseLike(returned)) Promise.resolve(returned).catch(onFailure).catch(reportUnanswered);",
    mutators: ["ConditionalExpression"],
    why: "what is not a promise does not reject",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "if (res.writeHead === writeHead && res.setHeader === setHeader && res.end === end) write(res, answer);",
    mutators: ["ConditionalExpression"],
    why: "in steps, the same answer takes longer",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: 'res.end(body, length === body.length ? "latin1" : "utf8");',
    mutators: "all",
    why: "all that answers say today is ASCII, the same bytes in both encodings",
  },
  {
    file: "packages/core/src/call-unawaited.ts",
    line: "if (isPromiseLike(result)) Promise.resolve(result).then(undefined, (error) => onFailure(error, argument));",
    mutators: ["ConditionalExpression"],
    why: "what is not a promise does not reject",
  },
  {
    file: "packages/core/src/environment.ts",
    line: 'BUILD_SCRIPT.test(environmentVariable("npm_lifecycle_event") ?? "")',
    mutators: ["StringLiteral"],
    why: "any text without the word build does",
  },
  {
    file: "packages/core/src/error-text.ts",
    line: "if (errors.length >= ERRORS_MAX) break;",
    mutators: ["EqualityOperator"],
    why: "one error more is cut off after it",
  },
  {
    file: "packages/core/src/foreign.ts",
    line: "} catch {",
    mutators: ["BlockStatement"],
    why: "undefined, which counts as false, is returned without it",
  },
  {
    file: "packages/core/src/fetch/body-reader.ts",
    line: "} catch {",
    mutators: ["BlockStatement"],
    why: "undefined is returned without it",
  },
  {
    file: "packages/core/src/fetch/wait-until.ts",
    line: "} catch {",
    mutators: ["BlockStatement"],
    why: "undefined is returned without it",
  },
  {
    file: `${DEDUP}/lease.ts`,
    line: "if (!isPromiseLike(answer)) return settlementFrom(answer);",
    mutators: ["ConditionalExpression"],
    why: "what is there may be waited for, too",
  },
  {
    file: `${DEDUP}/lease.ts`,
    line: "if (this.#timer !== undefined) clearTimeout(this.#timer);",
    mutators: ["ConditionalExpression"],
    why: "to clear no timer does nothing",
  },
  {
    file: `${DEDUP}/memory-namespace.ts`,
    line: "while (parts < MOST_PARTS && parts * IDS_OF_A_PART < maxIds) parts *= 2;",
    mutators: "all",
    why: "with fewer parts, the process stops longer when one grows",
  },
  {
    file: `${DEDUP}/memory-namespace.ts`,
    line: "function hashOfEnd(id: string): number {",
    mutators: "all",
    why: "in which part an id is changes no answer",
  },
  {
    file: `${DEDUP}/memory-namespace.ts`,
    line: "for (let at = Math.max(0, id.length - 12); at < id.length; at += 1) {",
    mutators: "all",
    why: "in which part an id is changes no answer",
  },
  {
    file: `${DEDUP}/process-transactional.ts`,
    line: 'if (result === "rolled_back" && failure !== undefined) return handlerFailed(failure.error);',
    mutators: "all",
    why: "an answer that the contract does not have ends in the same way where the handler has failed",
  },
  {
    file: `${DEDUP}/store-call.ts`,
    line: 'return typeof first === "string" ? first : persist(first, call);',
    mutators: "all",
    why: "what is there may be waited for, too",
  },
  {
    file: `${DEDUP}/store-call.ts`,
    line: 'return typeof answer === "string"',
    mutators: "all",
    why: "what is there may be waited for, too",
  },
  {
    file: "packages/core/src/maybe-promise.ts",
    line: "return promised.then === Promise.prototype.then",
    mutators: ["ConditionalExpression"],
    why: "a new promise settles in the same way, some turns later",
  },
  {
    file: "packages/core/src/receiver.ts",
    line: "if (report !== undefined || onOutcome !== logProblems || !isRoutine(ending)) {",
    mutators: ["ConditionalExpression"],
    why: "the log drops the record of a routine delivery",
  },
  {
    file: "packages/core/src/dispatch/run.ts",
    line: "if (this.#timer !== undefined) clearTimeout(this.#timer);",
    mutators: ["ConditionalExpression"],
    why: "to clear no timer does nothing",
  },
  {
    file: "packages/core/src/outcome/answer.ts",
    line: "code === undefined && id !== undefined",
    mutators: "all",
    why: "JSON.stringify writes the same, and a processed event has an id",
  },
  {
    file: `${DEDUP}/store-call.ts`,
    line: "if (patience.leftMs() <= delayMs) throw error;",
    mutators: ["EqualityOperator"],
    why: "one more try at the very end makes no difference",
  },
  {
    file: `${SIGNATURE}/headers.ts`,
    line: "ageSeconds > 0",
    mutators: ["EqualityOperator"],
    why: "an age of 0 is within any tolerance, so it does not get here",
  },
  {
    file: `${SIGNATURE}/headers.ts`,
    line: "if (TOKEN.test(signature)) return { id, timestamp, signatures: [signature.slice(TOKEN_PREFIX_LENGTH)] };",
    mutators: ["ConditionalExpression"],
    why: "this line is only faster than the ones after it",
  },
  {
    file: `${SIGNATURE}/hmac.node.ts`,
    line: "if (expected.length !== SIGNATURE_LENGTH || received.length !== SIGNATURE_LENGTH) return false;",
    mutators: "all",
    why: "signatures of another length do not get here",
  },
  {
    file: `${SIGNATURE}/hmac.node.ts`,
    line: 'expectedBytes.write(expected, "latin1");',
    mutators: ["StringLiteral"],
    why: "base64 is the same bytes in every encoding",
  },
  {
    file: `${SIGNATURE}/hmac.node.ts`,
    line: 'receivedBytes.write(received, "latin1");',
    mutators: ["StringLiteral"],
    why: "base64 is the same bytes in every encoding",
  },
  {
    file: `${SIGNATURE}/hmac.node.ts`,
    line: "if (prefix.length + body.length > MESSAGE_BYTES) {",
    mutators: ["ConditionalExpression", "EqualityOperator"],
    why: "the other way is only faster for short bodies",
  },
  {
    file: `${SIGNATURE}/hmac.node.ts`,
    line: 'const start = BLOCK + message.write(prefix, BLOCK, "latin1");',
    mutators: ["StringLiteral"],
    why: "ASCII is the same bytes in every encoding",
  },
  {
    file: `${SIGNATURE}/hmac.web.ts`,
    line: 'const key = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);',
    mutators: ["BooleanLiteral"],
    why: "whether the key can be exported changes no verdict",
  },
  {
    file: `${SIGNATURE}/hmac.web.ts`,
    line: "if (expected.length !== received.length) return false;",
    mutators: "all",
    why: "signatures of another length do not get here",
  },
  {
    file: `${SIGNATURE}/hmac.web.ts`,
    line: "for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ received.charCodeAt(i);",
    mutators: ["EqualityOperator"],
    why: "behind their ends, both texts have nothing",
  },
  {
    file: `${STORE}/check-clock.ts`,
    line: 'const side = aheadMs > 0 ? "ahead of" : "behind";',
    mutators: ["EqualityOperator"],
    why: "here, the clocks are more than 30 s apart",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "if (this.#kind.giveBack !== undefined) this.#newest.set(call.owner, waiting);",
    mutators: ["ConditionalExpression"],
    why: "a call that cannot be given back is noted for nothing",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "if (this.#suspects.size === 0) return this.#server.callsMax;",
    mutators: ["ConditionalExpression"],
    why: "where there are none, a look for them only takes longer",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "if (batch[0]?.sent?.hasConnection !== true) return;",
    mutators: ["OptionalChaining"],
    why: "a statement has a call, and has been sent for it",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "if (this.#suspects.size > 0) for (const { call } of batch) this.#suspects.delete(nameOf(call));",
    mutators: ["ConditionalExpression", "EqualityOperator"],
    why: "to delete nothing does nothing",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "this.#kind.giveBack?.(call, answer);",
    mutators: ["OptionalChaining"],
    why: "only calls that can be given back are in the map",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;",
    mutators: ["EqualityOperator"],
    why: "the two differ by then",
  },
  {
    file: `${STORE}/group-commit.ts`,
    line: "return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;",
    mutators: ["EqualityOperator"],
    why: "the two differ by then",
  },
];

export function isEquivalent({ fileName, location, mutatorName }: Mutant): boolean {
  const file = relative(".", fileName);
  const entries = EQUIVALENT.filter((entry) => entry.file === file);
  if (entries.length === 0) return false;
  const line = readFileSync(fileName, "utf8").split("\n")[location.start.line - 1]?.trim();
  return entries.some(
    (entry) => entry.line === line && (entry.mutators === "all" || entry.mutators.includes(mutatorName)),
  );
}
