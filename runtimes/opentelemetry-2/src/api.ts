export * from "@opentelemetry/api";
