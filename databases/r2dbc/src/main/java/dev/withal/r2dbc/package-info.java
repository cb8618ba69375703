/**
 * Database connections and transactions over R2DBC, as async context managers.
 *
 * <p>{@link dev.withal.r2dbc.R2dbc} makes managers of connections, pools and transactions. A pool
 * is used for as long as the program runs, and a connection of it for as long as a body does:
 *
 * {@snippet class="dev.withal.r2dbc.DatabasesGuideTest" region="pool"}
 *
 * A transaction is committed if its body succeeded, and rolled back if it failed or was cancelled.
 * In stage style, the future completes after that:
 *
 * {@snippet class="dev.withal.r2dbc.DatabasesGuideTest" region="stages"}
 *
 * A transaction inside a transaction is a savepoint:
 *
 * {@snippet class="dev.withal.r2dbc.DatabasesGuideTest" region="savepoint"}
 *
 * Serialization failures and deadlocks can be run again:
 *
 * {@snippet class="dev.withal.r2dbc.DatabasesGuideTest" region="retry"}
 */
package dev.withal.r2dbc;
