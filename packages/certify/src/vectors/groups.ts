import type { DraftGroup } from "./draft.ts";
import { FORGED } from "./forged.ts";
import { GENUINE } from "./genuine.ts";

/** What one request and its answer can show. */
export const DRAFT_GROUPS: readonly DraftGroup[] = [GENUINE, FORGED];
