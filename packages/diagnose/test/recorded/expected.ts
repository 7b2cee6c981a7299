/** What a recorded capture has to yield. Left out: nothing. */
export interface Expected {
  readonly verdict: "verified" | "explained" | "unchecked";
  readonly findings?: readonly string[];
  readonly notes?: readonly string[];
  /** A part of the first finding's reason. */
  readonly why?: RegExp;
}

const VERIFIED: Expected = { verdict: "verified" };
const incomplete = (why: RegExp, notes: readonly string[] = []): Expected => ({
  verdict: "unchecked",
  findings: ["capture_incomplete"],
  notes,
  why,
});
const explained = (findings: readonly string[], notes: readonly string[] = []): Expected => ({
  verdict: "explained",
  findings,
  notes,
});
const NOT_RECOGNISED: Expected = { verdict: "unchecked", findings: ["capture_not_recognised"] };

/** By the file's name in captures/. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  "chromium.har": VERIFIED,
  "chromium-two-deliveries.har": explained(["body_trailing_newline_added"], ["capture_holds_several"]),
  "chromium-curl-bash.txt": VERIFIED,
  "chromium-curl-cmd.txt": VERIFIED,
  "chromium-curl-cmd-lost-letters.txt": incomplete(/put spaces in place of letters/),
  "chromium-fetch.js.txt": VERIFIED,
  "chromium-fetch-commented.js.txt": VERIFIED,
  "chromium-fetch-node.js.txt": VERIFIED,
  "chromium-powershell.txt": VERIFIED,
  "chromium-request-headers.txt": incomplete(/ends after the headers/),
  "playwright.har": VERIFIED,
  "playwright-omitted.har": incomplete(/no postData\.text/),
  "curl-verbose.txt": incomplete(/and not the body/),
  "curl-verbose-http2.txt": incomplete(/and not the body/),
  "curl-verbose-with-command.txt": VERIFIED,
  "curl-verbose-with-file.txt": incomplete(/the file body\.json/),
  "curl-verbose-without-signature.txt": explained(["capture_incomplete", "header_missing"]),
  "console-log-headers.txt": incomplete(/no member `body`/),
  "console-log-headers-and-text.txt": VERIFIED,
  "console-log-headers-and-parsed.txt": incomplete(/\[Object\]/),
  "console-log-object.txt": VERIFIED,
  "console-log-colours.txt": VERIFIED,
  "console-log-buffer.txt": incomplete(/first bytes of a Buffer/),
  "console-log-express-request.txt": incomplete(/\[Object\]/),
  "console-dir-parsed.txt": explained(["body_reserialized"], ["capture_body_parsed"]),
  "pino-http.txt": incomplete(/no member `body`/),
  "pino-http-with-body.txt": VERIFIED,
  "pino-http-parsed-body.txt": explained(["body_reserialized"], ["capture_body_parsed"]),
  "pino-http-redacted.txt": explained(["header_redacted"]),
  "pino-pretty.txt": incomplete(/cannot be undone/),
  "express-winston.txt": incomplete(/as an object/, ["capture_body_parsed"]),
  "lambda-rest-api.json": { verdict: "verified", notes: ["lambda_body_base64", "lambda_headers_twice"] },
  "lambda-http-api.json": VERIFIED,
  "lambda-function-url.json": { verdict: "verified", notes: ["lambda_body_base64"] },
  "lambda-alb.json": VERIFIED,
  "lambda-alb-multi-value.json": VERIFIED,
  "lambda-undecoded.json": explained(["body_base64"]),
  "lambda-two-values.json": explained(["header_repeated"], ["lambda_headers_twice"]),
  "cloudwatch-json.txt": { verdict: "verified", notes: ["lambda_body_base64"] },
  "cloudwatch-json-format.txt": { verdict: "verified", notes: ["lambda_body_base64"] },
  "cloudwatch-filter-log-events.json": { verdict: "verified", notes: ["lambda_body_base64"] },
  "cloudwatch-console-log.txt": { verdict: "verified", notes: ["lambda_headers_twice"] },
  "postman-collection.json": VERIFIED,
  "postman-collection-variables.json": VERIFIED,
  "postman-collection-open-variable.json": incomplete(/a variable of Postman's/),
  "postman-console.txt": VERIFIED,
  "ngrok-api.json": VERIFIED,
  "ngrok-raw.txt": VERIFIED,
  "webhook-site.json": VERIFIED,
  "utf16le.txt": VERIFIED,
  "utf16be.txt": VERIFIED,
  "utf16be-bom.txt": VERIFIED,
  "powershell-redirect-utf16le-bom.txt": explained(["body_trailing_newline_added"]),
  "half-a-request.txt": incomplete(/no request line/),
  "half-an-event.json": incomplete(/no member `body`/),
  "only-the-body.json": { ...NOT_RECOGNISED, why: /JSON without headers/ },
  "nginx-access.txt": NOT_RECOGNISED,
  "stack-trace.txt": NOT_RECOGNISED,
  "compose.yml": NOT_RECOGNISED,
  "page.html": NOT_RECOGNISED,
  "gzip.bin": NOT_RECOGNISED,
};
