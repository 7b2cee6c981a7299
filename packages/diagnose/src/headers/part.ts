/** The three headers of Standard Webhooks, without their prefix. */
export type Part = "id" | "timestamp" | "signature";
export const PARTS: readonly Part[] = ["id", "timestamp", "signature"];
