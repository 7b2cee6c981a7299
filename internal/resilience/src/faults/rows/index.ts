import { BURSTS } from "./bursts.ts";
import { COPIES } from "./copies.ts";
import { FAILOVERS } from "./failovers.ts";
import { HUNG_HANDLERS } from "./hung-handlers.ts";
import { KILLS } from "./kills.ts";
import { LINKS } from "./links.ts";
import { LONG_HANDLER } from "./long-handler.ts";
import { NO_FAULT } from "./no-fault.ts";
import { PAUSES } from "./pauses.ts";
import { PGBOUNCER } from "./pgbouncer.ts";
import { READ_ONLY } from "./read-only.ts";
import { RENEWAL_HUNG } from "./renewal-hung.ts";
import { ROLLING } from "./rolling.ts";
import type { Row } from "./row.ts";
import { STORE_DEATHS } from "./store-deaths.ts";
import { UNRECORDED } from "./unrecorded.ts";

/** In the order of the table. */
export const ROWS: readonly Row[] = [
  NO_FAULT,
  COPIES,
  LONG_HANDLER,
  RENEWAL_HUNG,
  ...KILLS,
  ...PAUSES,
  ...STORE_DEATHS,
  ...UNRECORDED,
  ...FAILOVERS,
  READ_ONLY,
  HUNG_HANDLERS,
  PGBOUNCER,
  ...LINKS,
  ...ROLLING,
  ...BURSTS,
];
