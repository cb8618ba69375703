package dev.withal.leases.postgresql;

/**
 * The statements by which leases are kept. The server's clock alone decides.
 *
 * <p>Design: a row is never deleted, as its tokens would begin anew. Taking a lease locks its row
 * {@code FOR UPDATE}, keeping it changes no key, and a fence locks it {@code FOR KEY SHARE}: so
 * nobody takes a lease while a fenced transaction runs, and it is kept meanwhile all the same.
 * {@code SKIP LOCKED} lets those that wait come back later instead of holding a connection. The
 * holder's mark is for a taker that doesn't hear whether it has the lease, and tells holders of the
 * same token from each other, as there may be after a failover that lost a commit. A statement for
 * many rows locks them in the order of their keys, as another one for some of them would wait for
 * it and it for that one.
 */
final class Sql {
  static final String TABLE =
      "CREATE TABLE IF NOT EXISTS withal_lease (key text PRIMARY KEY, name text NOT NULL,"
          + " token bigint NOT NULL, holder text NOT NULL, until timestamptz NOT NULL)";

  static final String ROW =
      "INSERT INTO withal_lease (key, name, token, holder, until)"
          + " VALUES ($1, $2, 0, '', '-infinity') ON CONFLICT DO NOTHING";

  static final String TAKE =
      "UPDATE withal_lease SET token = token + 1, holder = $1,"
          + " until = clock_timestamp() + $2 * interval '1 millisecond'"
          + " WHERE key = (SELECT key FROM withal_lease"
          + " WHERE key = $3 AND until <= clock_timestamp() FOR UPDATE SKIP LOCKED)"
          + " RETURNING token";

  static final String KEEP =
      "WITH mine AS (SELECT l.key FROM withal_lease AS l"
          + " JOIN unnest($1::text[], $2::bigint[], $3::text[]) AS m (key, token, holder)"
          + " ON l.key = m.key AND l.token = m.token AND l.holder = m.holder"
          + " WHERE l.until > clock_timestamp() ORDER BY l.key FOR NO KEY UPDATE OF l)"
          + " UPDATE withal_lease AS l"
          + " SET until = clock_timestamp() + $4 * interval '1 millisecond'"
          + " FROM mine WHERE l.key = mine.key RETURNING l.holder";

  static final String FREE =
      "WITH mine AS (SELECT l.key FROM withal_lease AS l"
          + " JOIN unnest($1::text[], $2::bigint[], $3::text[]) AS m (key, token, holder)"
          + " ON l.key = m.key AND l.token = m.token AND l.holder = m.holder"
          + " ORDER BY l.key FOR NO KEY UPDATE OF l)"
          + " UPDATE withal_lease AS l SET until = '-infinity'"
          + " FROM mine WHERE l.key = mine.key";

  static final String FREE_UNHEARD =
      "UPDATE withal_lease SET until = '-infinity' WHERE key = $1 AND holder = $2";

  static final String FENCE =
      "SELECT token FROM withal_lease"
          + " WHERE key = $1 AND token = $2 AND holder = $3 AND until > clock_timestamp()"
          + " FOR KEY SHARE";

  /** The SQLSTATE of a table that isn't there. */
  static final String NO_TABLE = "42P01";

  private Sql() {}
}
