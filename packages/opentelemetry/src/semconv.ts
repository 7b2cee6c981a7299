/**
 * Names of OpenTelemetry's semantic conventions, version 1.44.0 (docs/messaging, docs/http, docs/general/recording-errors
 * of open-telemetry/semantic-conventions). Not from `@opentelemetry/semantic-conventions`: the messaging
 * names are in the part of that package that may change with any minor version.
 */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0";

export const MESSAGING_SYSTEM = "messaging.system";
export const MESSAGING_OPERATION_NAME = "messaging.operation.name";
export const MESSAGING_OPERATION_TYPE = "messaging.operation.type";
export const MESSAGING_DESTINATION_NAME = "messaging.destination.name";
export const MESSAGING_MESSAGE_ID = "messaging.message.id";
export const MESSAGING_PROCESS_DURATION = "messaging.process.duration";
export const MESSAGING_CLIENT_OPERATION_DURATION = "messaging.client.operation.duration";
export const HTTP_RESPONSE_STATUS_CODE = "http.response.status_code";
export const ERROR_TYPE = "error.type";
export const EXCEPTION_TYPE = "exception.type";

/** Seconds; from the page of `messaging.process.duration`. */
export const DURATION_BOUNDARIES: number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Ours: which receiver, tenant or environment. */
export const NAMESPACE = "mintfax.namespace";
