/**
 * Database connections and transactions over JDBC, as context managers of both kinds; see {@link
 * dev.withal.jdbc.Jdbc}.
 */
package dev.withal.jdbc;
