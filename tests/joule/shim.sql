-- What a Joule node asks of TimescaleDB, on plain PostgreSQL. To be run in the node's database, as the node's role.
--
-- A node never installs the extension; it only calls these functions. Tables stay plain tables: nothing is cut into
-- chunks, so that sizes are a plain table's, and chunks are dropped row by row. An event histogram has no empty
-- buckets.

CREATE FUNCTION create_hypertable(
  relation regclass, time_column_name name, if_not_exists boolean DEFAULT false, migrate_data boolean DEFAULT false
) RETURNS TABLE (hypertable_id integer, schema_name name, table_name name, created boolean)
LANGUAGE sql AS $$
  SELECT 0, namespace.nspname, class.relname, true
  FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
  WHERE class.oid = relation
$$;

CREATE FUNCTION set_chunk_time_interval(hypertable regclass, chunk_time_interval bigint) RETURNS void
LANGUAGE sql AS $$ SELECT $$;

CREATE FUNCTION drop_chunks(relation regclass, older_than timestamp) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %s WHERE time < $1', relation) USING older_than;
END
$$;

CREATE FUNCTION drop_chunks(relation regclass, older_than interval) RETURNS SETOF text
LANGUAGE sql AS $$ SELECT drop_chunks(relation, (now() AT TIME ZONE 'utc') - older_than) $$;

CREATE FUNCTION hypertable_detailed_size(hypertable regclass)
RETURNS TABLE (table_bytes bigint, index_bytes bigint, toast_bytes bigint, total_bytes bigint, node_name name)
LANGUAGE sql AS $$
  SELECT pg_table_size(hypertable), pg_indexes_size(hypertable), 0::bigint, pg_total_relation_size(hypertable), NULL::name
$$;

-- TimescaleDB's buckets count from Monday, 3 January 2000.
CREATE FUNCTION time_bucket_gapfill(bucket_width interval, ts timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$ SELECT date_bin(bucket_width, ts, timestamp '2000-01-03') $$;
