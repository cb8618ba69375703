/** Bodies that are run again after errors that pass; see {@link dev.withal.database.Retrying}. */
@org.jspecify.annotations.NullMarked
package dev.withal.database;
