/**
 * Database connections and transactions over R2DBC, as async context managers; see {@link
 * dev.withal.r2dbc.R2dbc}.
 */
package dev.withal.r2dbc;
