/**
 * Database connections and transactions over JDBC, as context managers of both kinds.
 *
 * <p>{@link dev.withal.jdbc.Jdbc} makes managers of connections, pools and transactions over any
 * {@link javax.sql.DataSource}. A transaction is committed if its body succeeded, and rolled back
 * if it failed or was cancelled:
 *
 * {@snippet class="dev.withal.jdbc.JdbcGuideTest" region="transaction"}
 *
 * A pool keeps connections between uses:
 *
 * {@snippet class="dev.withal.jdbc.JdbcGuideTest" region="direct"}
 *
 * In stage style, blocking calls run by {@link dev.withal.jdbc.Jdbc#callAsync callAsync}:
 *
 * {@snippet class="dev.withal.jdbc.JdbcGuideTest" region="stages"}
 *
 * Cancelling the use cancels the statement, on the server as well, and the connection stays good:
 *
 * {@snippet class="dev.withal.jdbc.JdbcGuideTest" region="cancel"}
 */
package dev.withal.jdbc;
