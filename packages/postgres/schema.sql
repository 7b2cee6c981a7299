-- Which mintfax webhooks were processed, or are being processed. until: PENDING: when the lease ends; DONE and
-- RELEASED: when the row can be deleted. owner, fence: who made the newest claim.
CREATE TABLE IF NOT EXISTS "mintfax_webhooks" (
  fence bigint NOT NULL,
  until timestamptz NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'done', 'released')),
  owner text COLLATE "C" NOT NULL,
  PRIMARY KEY (namespace, id)
);
CREATE INDEX IF NOT EXISTS "mintfax_webhooks_until" ON "mintfax_webhooks" (until) WHERE state <> 'pending';
