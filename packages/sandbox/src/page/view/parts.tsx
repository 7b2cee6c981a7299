import { type Child, useState } from "hono/jsx/dom";
import { copyText } from "./copy-text.ts";
import { maskNumber } from "./texts.ts";

/** A fax number, masked until it is clicked. */
export function PhoneNumber({ number }: { number: string | null }): Child {
  const [isShown, setIsShown] = useState(false);
  if (number === null) return <span class="muted">data deleted</span>;
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

const SAID_FOR_MS = 2_000;

/** Copies a text. */
export function CopyButton({ text, label, kind }: { text: string; label: string; kind?: string }): Child {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    setSaid((await copyText(text)) ? "Copied" : "Not copied: the browser forbids it");
    setTimeout(() => setSaid(""), SAID_FOR_MS);
  };
  return (
    <>
      <button type="button" class={kind ?? ""} onClick={() => void copy()}>
        {said === "" ? label : said}
      </button>
      <span role="status" class="unseen">
        {said}
      </span>
    </>
  );
}

interface ActionButtonProps {
  readonly label: string;
  /** For people who hear the button without its surroundings. */
  readonly of?: string;
  readonly kind?: string;
  readonly act: () => Promise<unknown>;
}

/** A button whose call may fail, and that says so. */
export function ActionButton({ label, of, act, kind }: ActionButtonProps): Child {
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isAtWork, setIsAtWork] = useState(false);
  const onClick = (): void => {
    // Not `disabled`, which would take the focus away.
    if (isAtWork) return;
    setIsAtWork(true);
    setFault(undefined);
    void act()
      .catch((error: unknown) => setFault((error as Error).message))
      .finally(() => setIsAtWork(false));
  };
  return (
    <span class="action">
      <button
        type="button"
        class={kind ?? ""}
        aria-disabled={isAtWork ? "true" : "false"}
        aria-label={of === undefined ? undefined : `${label}: ${of}`}
        onClick={onClick}
      >
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
      <span role="img" aria-label={status}>
        {SYMBOLS[status] ?? "•"}
      </span>{" "}
      {text}
    </span>
  );
}
