-- node_modules/@mintfax-webhooks/cloudflare/d1.sql
CREATE TABLE IF NOT EXISTS mintfax_dedup (
  namespace TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'released', 'done')),
  owner TEXT NOT NULL,
  fence INTEGER NOT NULL,
  lease_until_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS mintfax_dedup_expires ON mintfax_dedup (expires_ms);

-- node_modules/@mintfax-webhooks/queue/d1.sql
CREATE TABLE IF NOT EXISTS mintfax_parked (
  key TEXT NOT NULL PRIMARY KEY,
  message TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  reason TEXT NOT NULL,
  parked_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS mintfax_parked_at ON mintfax_parked (parked_ms);

-- of this example
CREATE TABLE IF NOT EXISTS arrived (fax TEXT NOT NULL PRIMARY KEY) STRICT;
