-- The first answer to each write, under the key that its client gave it; a day later the key may be used again.
CREATE TABLE idempotency_keys (
    key text PRIMARY KEY,
    fingerprint bytea NOT NULL,
    status smallint,
    body text,
    product_id bigint,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idempotency_keys_made_at ON idempotency_keys (made_at);
