import { type Diagnosis, diagnose } from "@mintfax-webhooks/diagnose";

/** A capture, as JSON can hold it, and the secret. */
export interface Question {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: readonly number[];
  readonly secret: string;
}

export function answer({ headers, body, secret }: Question): Diagnosis {
  return diagnose({ headers, body: Uint8Array.from(body) }, secret);
}

export default {
  fetch: async (request: Request): Promise<Response> =>
    Response.json(answer((await request.json()) as Question)),
};
