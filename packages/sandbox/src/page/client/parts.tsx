/** @jsxImportSource hono/jsx/dom */
import { type Child, useState } from "hono/jsx/dom";
import { maskNumber } from "./texts.ts";

/** A fax number, masked until it is clicked. */
export function PhoneNumber({ number }: { number: string | null }): Child {
  const [isShown, setIsShown] = useState(false);
  if (number === null) return <span>none</span>;
  return (
    <button
      type="button"
      class="number"
      aria-label={isShown ? `Hide number ${number}` : `Show number ending in ${number.slice(-4)}`}
      onClick={() => setIsShown(!isShown)}
    >
      {isShown ? number : maskNumber(number)}
    </button>
  );
}

/** Copies a text. */
export function CopyButton({ text, label }: { text: string; label: string }): Child {
  const [isCopied, setIsCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => setIsCopied(true));
  };
  return (
    <button type="button" onClick={copy}>
      {isCopied ? "Copied" : label}
    </button>
  );
}

/** A button whose call may fail, and that says so. */
export function ActionButton({
  label,
  act,
  kind,
}: {
  label: string;
  act: () => Promise<unknown>;
  kind?: string;
}): Child {
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isAtWork, setIsAtWork] = useState(false);
  const onClick = (): void => {
    setIsAtWork(true);
    setFault(undefined);
    void act()
      .catch((error: unknown) => setFault((error as Error).message))
      .finally(() => setIsAtWork(false));
  };
  return (
    <span class="action">
      <button type="button" class={kind ?? ""} disabled={isAtWork} onClick={onClick}>
        {label}
      </button>
      {fault !== undefined && (
        <span class="fault" role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}

const SYMBOLS: Readonly<Record<string, string>> = { succeeded: "✓", failed: "✗", pending: "…" };

/** A status by colour, sign and word. */
export function Status({ status, text }: { status: string; text: string }): Child {
  return (
    <span class={`status ${status}`}>
      <span aria-hidden="true">{SYMBOLS[status] ?? "•"}</span> {text}
    </span>
  );
}
