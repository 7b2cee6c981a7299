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
    line: "this.#isRead = true;",
    mutators: "all",
    why: "a request that was read in parts has ended",
  },
  {
    file: `${NODE}/delivery.ts`,
    line: "if (this.#isRead && req.complete) req.read();",
    mutators: "all",
    why: "resume() comes to the same end, by a longer way",
  },
  {
    file: `${NODE}/delivery.ts`,
    line: "function takeWhole(req: IncomingMessage, { limitBytes }: BodyLimits): Uint8Array | undefined {",
    mutators: ["BlockStatement"],
    why: "read in parts, a body has the same bytes",
  },
  {
    file: `${NODE}/delivery.ts`,
    line: "if (!isBuffered(req) || req.readableEncoding !== null || req.readableDidRead) return undefined;",
    mutators: ["ConditionalExpression"],
    why: "read in parts, a body has the same bytes",
  },
  {
    file: `${NODE}/delivery.ts`,
    line: 'return readableLength > 0 && Number(headers["content-length"]) === readableLength;',
    mutators: ["ConditionalExpression", "EqualityOperator"],
    why: "an empty body is read in parts",
  },
  {
    file: `${NODE}/kept-bytes.ts`,
    line: "if (kept === undefined) return undefined;",
    mutators: "all",
    why: "of nothing there are no bytes",
  },
  {
    file: `${NODE}/kept-bytes.ts`,
    line: "} catch {",
    mutators: ["BlockStatement"],
    why: "without bytes, undefined is returned below",
  },
  {
    file: `${NODE}/kept-bytes.ts`,
    line: 'return bytes?.byteLength === 0 && Number(req.headers["content-length"]) > 0 ? undefined : bytes;',
    mutators: ["ConditionalExpression", "EqualityOperator"],
    why: "an empty body is read as empty",
  },
  {
    file: `${NODE}/read-body.ts`,
    line: "if (req.readableEncoding !== null || req.readableEnded) throw alreadyRead();",
    mutators: ["ConditionalExpression"],
    why: "the first text that comes is refused, too",
  },
  {
    file: `${NODE}/read-body.ts`,
    line: "resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));",
    mutators: "all",
    why: "Buffer.concat makes the same bytes",
  },
  {
    file: `${NODE}/replaced-methods.ts`,
    line: "for (const name of METHODS) if (Object.hasOwn(res, name)) Reflect.deleteProperty(res, name);",
    mutators: ["ConditionalExpression"],
    why: "to delete nothing does nothing",
  },
  {
    file: `${NODE}/replaced-methods.ts`,
    line: "if (isPromiseLike(returned)) Promise.resolve(returned).catch(onFailure).catch(reportUnanswered);",
    mutators: ["ConditionalExpression"],
    why: "what is not a promise does not reject",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "if (hasOwnMethods(res)) write(res, answer);",
    mutators: ["ConditionalExpression"],
    why: "in steps, the same answer takes longer",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "function hasOwnMethods(res: ServerResponse): boolean {",
    mutators: ["BlockStatement"],
    why: "in steps, the same answer takes longer",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "return res.writeHead === writeHead && res.setHeader === setHeader && res.end === end;",
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
    file: `${NODE}/send-answer.ts`,
    line: "if (returned !== res) recoverLater(returned, res, answer, onError);",
    mutators: ["ConditionalExpression"],
    why: "a response is not a promise",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "if (returned !== res) catchLater(returned, reportUnanswered);",
    mutators: ["ConditionalExpression"],
    why: "a response is not a promise",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "res.writeHead(answer.status);",
    mutators: "all",
    why: "end() writes the head where nothing else has",
  },
  {
    file: `${NODE}/send-answer.ts`,
    line: "if (!res.writableEnded) res.end(answer.body);",
    mutators: ["ConditionalExpression"],
    why: "to end what has ended does nothing",
  },
  {
    file: `${NODE}/shutdown.ts`,
    line: "if (earlier !== res && earlier.req.socket === res.req.socket) setClose(earlier, false);",
    mutators: ["ConditionalExpression"],
    why: "the last one is set again right after it",
  },
  {
    file: `${NODE}/shutdown.ts`,
    line: "if (res.headersSent) return;",
    mutators: ["ConditionalExpression"],
    why: "Node throws, and that is caught",
  },
  {
    file: `${NODE}/handler.ts`,
    line: "(error) => giveUp(res, error, onError),",
    mutators: "all",
    why: "receive() does not reject",
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
