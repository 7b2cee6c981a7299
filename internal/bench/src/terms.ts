/** What both ends of a measurement have to agree on. */

/** Where every contestant takes deliveries. */
export const PATH = "/webhooks/mintfax";

/** Letters only, since `@polar-sh/*` takes the text of a secret as its key. */
export const KEY = "an-ordinary-key-of-32-characters";
export const OTHER_KEY = "another-key-that-is-not-known";

/** As Standard Webhooks writes it. */
export const SECRET: string = `whsec_${btoa(KEY)}`;
