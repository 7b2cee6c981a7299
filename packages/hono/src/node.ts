export { createShutdown, type ShutdownOptions, type ShutdownServer } from "@mintfax-webhooks/core/node";
