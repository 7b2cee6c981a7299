import { init } from "@sentry/node";

// It keeps a copy of each body, which it reads before the receiver does.
init({ dsn: "http://key@127.0.0.1:9/1", tracesSampleRate: 1, maxIncomingRequestBodySize: "always" });
