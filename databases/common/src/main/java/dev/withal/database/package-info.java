/**
 * The types that managers of databases share.
 *
 * <p>{@link dev.withal.database.Retrying} runs a body again, in a fresh context each time, after
 * transient errors:
 *
 * {@snippet class="dev.withal.database.RetryingExamplesTest" region="rule"}
 *
 * {@link dev.withal.database.Bounds} bounds how long a database may make a caller wait.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.database;
