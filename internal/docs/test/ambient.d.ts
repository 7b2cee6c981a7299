/** What the pages' examples take for granted: the reader's own application. */
declare const orders: {
  markSent(order: string | undefined, pages: number | null, signal?: AbortSignal): Promise<void>;
  markFailed(order: string | undefined, errorCode: string, signal?: AbortSignal): Promise<void>;
  resubmitLater(order: string | undefined): Promise<void>;
};

/** Made in the first block of signature-refused.md. */
declare function saveRequest(req: import("node:http").IncomingMessage, body: Uint8Array): void;
