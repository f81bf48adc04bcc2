-- Schema 2. Log records are dropped when they are old: the oldest are found by their time.
CREATE INDEX log_at ON log (at);
