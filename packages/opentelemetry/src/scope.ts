/** The name of every tracer and meter. */
export const SCOPE = "@mintfax-webhooks/opentelemetry";
