/** Where sieges take place. */

/** Not secret at all. */
export const SECRET = "whsec_c2llZ2UtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMh";

/** Stands for the health data of a delivery: it is in its body, and must be in nothing that is said. */
export const PATIENT = "+15550004711";

export const PATH = "/webhooks/mintfax";

/** The receiver's defaults. */
export const LIMIT_BYTES: number = 256 * 1024;

/** Tells a server to act on every request, unverified, to see that it is noticed. */
export const PLANT = "--plant";
