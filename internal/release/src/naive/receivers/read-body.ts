import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import express, { type RequestHandler } from "express";

/** A body as a server sees it. */
export interface ReadBody {
  /** What it verifies. */
  readonly verified: string | Buffer;
  /** What it parses. */
  readonly text: string;
}

/** Rejects with an error that has a `status` where a parser refuses the request. */
export type BodyReader = (req: IncomingMessage, res: ServerResponse) => Promise<ReadBody>;

/** The bytes that came. */
export const bytes: BodyReader = async (req) => {
  const body = await buffer(req).catch(() => Buffer.alloc(0));
  return { verified: body, text: body.toString() };
};

/** `bytes`, without white space around them. */
export const trimmed: BodyReader = async (req, res) => {
  const text = (await bytes(req, res)).text.trim();
  return { verified: text, text };
};

/** `express.json()`, and `JSON.stringify(req.body)`. */
export const jsonOfExpress: BodyReader = async (req, res) => {
  const text = JSON.stringify(await parsed(express.json(), req, res)) ?? "";
  return { verified: text, text };
};

/** `express.text()` with Express's options for a charset. */
export const textOfExpress =
  (defaultCharset: string): BodyReader =>
  async (req, res) => {
    const body = await parsed(express.text({ type: "*/*", defaultCharset }), req, res);
    const text = typeof body === "string" ? body : "";
    return { verified: text, text };
  };

async function parsed(parser: RequestHandler, req: IncomingMessage, res: ServerResponse): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    parser(req as never, res as never, (error?: unknown) =>
      error === undefined ? resolve() : reject(error),
    );
  });
  return (req as { readonly body?: unknown }).body;
}
