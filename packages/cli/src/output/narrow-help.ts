import { stripVTControlCharacters } from "node:util";
import { paint } from "../help.ts";
import { wrap } from "./text.ts";

/** Help texts are written for this width. */
export const HELP_COLUMNS = 80;

const TITLE = /^[A-Z][\w ]*:$/;
/** A term may have arguments behind two spaces. */
const ITEM = /^ {2}(?<term>\S.*?(?: {2}[[<][^\]>]*[\]>])?) {2,}(?<text>[^\s[<].*)$/;
const BULLET = /^ {2}- (?<text>.*)$/;
const COMMENT = /^ {2}# (?<text>.*)$/;
/** Where a description goes on below itself, in the second of two columns. */
const CONTINUED = /^ {9,}\S/;
/** Beside an exit code there is room for what it means. Any other term has its description below it. */
const EXIT_CODE = /^\d+$/;

/** Text that is broken anew: in front of its first line, and the indent of the others. */
interface Block {
  readonly first: string;
  readonly indent: number;
  readonly kind: "item" | "prose" | "comment";
  text: string;
}

/**
 * A help text for a terminal of fewer columns than it was written for: descriptions go below their options, paragraphs are
 * broken anew. Commands stay whole, to be copied.
 */
export function narrowed(help: string, columns: number): string {
  if (columns >= HELP_COLUMNS) return help;
  const lines: string[] = [];
  let block: Block | undefined;
  let isExample = false;
  const isStyled = stripVTControlCharacters(help) !== help;
  const end = (): void => {
    if (block !== undefined) lines.push(broken(block, columns, isStyled));
    block = undefined;
  };
  for (const line of help.split("\n")) {
    const plain = stripVTControlCharacters(line);
    const next = blockOf(plain, isExample);
    const isCode =
      (isExample && next === undefined) || isCommand(plain, block) || lines.at(-1)?.endsWith("\\") === true;
    if (block !== undefined && !isCode && goesOn(block, plain, next)) {
      block.text += ` ${plain.trim()}`;
      continue;
    }
    end();
    if (TITLE.test(plain) || plain === "") isExample = plain === "Examples:";
    if (isCode || plain === "" || TITLE.test(plain) || next === undefined) lines.push(line);
    else block = next;
  }
  end();
  return lines.join("\n");
}

function blockOf(line: string, isExample: boolean): Block | undefined {
  const comment = COMMENT.exec(line)?.groups?.text;
  if (comment !== undefined) return { first: "  # ", indent: 4, kind: "comment", text: comment };
  if (isExample || line === "") return undefined;
  const bullet = BULLET.exec(line)?.groups?.text;
  if (bullet !== undefined) return { first: "  - ", indent: 4, kind: "item", text: bullet };
  const { term, text } = ITEM.exec(line)?.groups ?? {};
  if (term !== undefined && text !== undefined) {
    if (EXIT_CODE.test(term)) return { first: `  ${term.padEnd(5)}`, indent: 7, kind: "item", text };
    return { first: `  ${term}\n      `, indent: 6, kind: "item", text };
  }
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  return { first: " ".repeat(indent), indent, kind: "prose", text: line.trim() };
}

/** Below a sentence that ends in a colon. */
function isCommand(line: string, before: Block | undefined): boolean {
  return (
    /^ {2}(?!- )/.test(line) && before?.kind === "prose" && before.indent === 0 && before.text.endsWith(":")
  );
}

function goesOn(block: Block, line: string, next: Block | undefined): boolean {
  if (line === "" || TITLE.test(line)) return false;
  if (block.kind === "item") return CONTINUED.test(line);
  return block.kind === "prose" && next?.kind === "prose" && next.indent === block.indent;
}

function broken({ first, indent, kind, text }: Block, columns: number, isStyled: boolean): string {
  const wrapped = first + wrap(text, indent, columns).trimStart();
  return kind === "comment" && isStyled ? wrapped.replace(/#.*/s, (comment) => paint.dim(comment)) : wrapped;
}
