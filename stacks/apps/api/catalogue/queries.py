"""Every statement that a client can cause, each of which an index answers; the plans are tested at a million rows."""

# ruff: noqa: S608 - put together from constants of this module; what clients send is always a parameter

from __future__ import annotations

FIELDS = "id, sku, name, description, category, price_cents, version"
_JSON = ", ".join(f"'{name}', {name}" for name in FIELDS.split(", "))
# The database writes the JSON: no row becomes an object here only to become text again.
_PRODUCT = f"json_build_object({_JSON}, 'updated_at', updated_at)"
_PAGE = f"coalesce(json_agg({_PRODUCT} ORDER BY id DESC), '[]')::text AS items, count(*) AS found, min(id) AS last"

PRODUCT = f"SELECT {_PRODUCT}::text AS body FROM products WHERE id = %(id)s"

# Pages by key, newest first: page 1000 costs what page 1 costs, and a new product shifts nothing.
PAGE = f"""
SELECT {_PAGE} FROM (
    SELECT * FROM products WHERE id < %(before)s ORDER BY id DESC LIMIT %(limit)s
) AS page
"""

CATEGORY_PAGE = f"""
SELECT {_PAGE} FROM (
    SELECT * FROM products WHERE category = %(category)s AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s
) AS page
"""

# The best matches first, and how many there are in each category. The cost is in ranking and counting all that match.
SEARCH = f"""
WITH asked AS MATERIALIZED (SELECT websearch_to_tsquery('english', %(words)s) AS query),
matches AS MATERIALIZED (
    SELECT id, category, ts_rank_cd(document, query)::float8 AS rank FROM products, asked WHERE document @@ query
),
page AS (
    SELECT products.*, matches.rank FROM (
        SELECT id, rank FROM matches
        WHERE (rank, -id) < (%(rank)s::float8, -%(after)s::bigint) ORDER BY rank DESC, id LIMIT %(limit)s
    ) AS matches JOIN products USING (id)
)
SELECT
    (SELECT coalesce(json_agg({_PRODUCT} ORDER BY rank DESC, id), '[]')::text FROM page) AS items,
    (SELECT count(*) FROM page) AS found,
    (SELECT json_build_array(rank, id)::text FROM page ORDER BY rank, id DESC LIMIT 1) AS last,
    (SELECT coalesce(json_object_agg(category, count ORDER BY category), '{{}}')::text FROM (
        SELECT category, count(*) FROM matches GROUP BY category
    ) AS counted) AS categories
"""

CREATE = f"""
INSERT INTO products (sku, name, description, category, price_cents)
VALUES (%(sku)s, %(name)s, %(description)s, %(category)s, %(price_cents)s)
ON CONFLICT (sku) DO NOTHING
RETURNING id, {_PRODUCT}::text AS body
"""

CHANGE = f"""
UPDATE products SET
    name = coalesce(%(name)s, name),
    description = coalesce(%(description)s, description),
    category = coalesce(%(category)s, category),
    price_cents = coalesce(%(price_cents)s, price_cents),
    version = version + 1,
    updated_at = now()
WHERE id = %(id)s
RETURNING id, {_PRODUCT}::text AS body
"""

REMOVE = "DELETE FROM products WHERE id = %(id)s RETURNING id"

# Whoever comes second with the same key waits here until the first has committed, and then finds its answer.
CLAIM = """
INSERT INTO idempotency_keys (key, fingerprint) VALUES (%(key)s, %(fingerprint)s)
ON CONFLICT (key) DO NOTHING RETURNING key
"""
ANSWERED = "SELECT fingerprint, status, body, product_id FROM idempotency_keys WHERE key = %(key)s"
ANSWER = """
UPDATE idempotency_keys SET status = %(status)s, body = %(body)s, product_id = %(product_id)s WHERE key = %(key)s
"""
FORGET = """
DELETE FROM idempotency_keys WHERE key IN (
    SELECT key FROM idempotency_keys WHERE made_at < now() - interval '1 day' ORDER BY made_at LIMIT 100
    FOR UPDATE SKIP LOCKED
)
"""
