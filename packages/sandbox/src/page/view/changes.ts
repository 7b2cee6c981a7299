import type { Change } from "../protocol.ts";

interface Listener {
  open(): void;
  changes(changes: readonly Change[]): void;
  lost(): void;
}

type Message =
  | { readonly kind: "open" }
  | { readonly kind: "lost" }
  | { readonly kind: "changes"; readonly changes: readonly Change[] };

const NAME = "mintfax-page";
/** After a refusal; after a connection that broke, the browser tries again by itself. */
const AGAIN_MS = 5_000;

/**
 * The server's stream of changes. A browser opens six connections to a host, for all tabs together: so one tab has the
 * stream, and passes on what it says. When that tab is closed, another one takes over.
 */
export function followChanges(listener: Listener): void {
  // Browsers have locks on this machine's own addresses and on https.
  if (navigator.locks === undefined) {
    openStream((message) => tell(listener, message));
    return;
  }
  const channel = new BroadcastChannel(NAME);
  /** Undefined until this tab has heard of it. */
  let isOpen: boolean | undefined;
  let isLeader = false;
  const take = (message: Message): void => {
    // The leader's answer to another tab is no news.
    if (message.kind === "open" && isOpen) return;
    if (message.kind !== "changes") isOpen = message.kind === "open";
    tell(listener, message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message | "asked">) => {
    if (data !== "asked") take(data);
    else if (isLeader && isOpen !== undefined)
      channel.postMessage({ kind: isOpen ? "open" : "lost" } as Message);
  };
  channel.postMessage("asked");
  void navigator.locks.request(NAME, () => {
    isLeader = true;
    isOpen = undefined;
    // The others have missed what came between the last leader's end and now.
    channel.postMessage({ kind: "lost" });
    openStream((message) => {
      channel.postMessage(message);
      take(message);
    });
    // Until the tab is closed.
    return new Promise(() => {});
  });
}

function openStream(onMessage: (message: Message) => void): void {
  const source = new EventSource("/page/changes");
  source.onopen = () => onMessage({ kind: "open" });
  source.onerror = () => {
    onMessage({ kind: "lost" });
    if (source.readyState === EventSource.CLOSED) setTimeout(() => openStream(onMessage), AGAIN_MS);
  };
  source.onmessage = ({ data }) =>
    onMessage({ kind: "changes", changes: JSON.parse(data as string) as Change[] });
}

function tell(listener: Listener, message: Message): void {
  if (message.kind === "open") listener.open();
  else if (message.kind === "lost") listener.lost();
  else listener.changes(message.changes);
}
