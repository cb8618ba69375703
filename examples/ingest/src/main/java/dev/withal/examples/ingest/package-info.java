/** Loads a CSV file into a database table, all or nothing. */
@NullMarked
package dev.withal.examples.ingest;

import org.jspecify.annotations.NullMarked;
