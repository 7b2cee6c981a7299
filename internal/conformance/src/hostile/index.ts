export { BODY_ROWS } from "./bodies.ts";
export { envelope, freshId, requestOf } from "./draft.ts";
export { HEADER_ROWS } from "./headers.ts";
export { type Connect, MIDDLEWARE_ROWS, type MiddlewareRow, THROWN } from "./middleware.ts";
export { PARSER_ROWS, type ParserRow } from "./parser.ts";
export { type Exchange, exchange, type RawAnswer, type RawRequest, type Step, writeOn } from "./raw-http.ts";
export type { Row } from "./row.ts";
export {
  CANARY,
  DEFAULT_LIMIT_BYTES,
  LANES,
  type Lane,
  NEXT_SECRET,
  NOW_SECONDS,
  SECRET,
} from "./setting.ts";
export { SIGNATURE_ROWS } from "./signatures.ts";
export { macOf } from "./signing.ts";
export { CUT_ROWS, TRANSPORT_ROWS, WRITING_ON } from "./transport.ts";
