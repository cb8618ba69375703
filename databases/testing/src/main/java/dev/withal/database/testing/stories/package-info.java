/**
 * Stories that hold for both modules, JDBC and R2DBC: each is told once, and run in both.
 *
 * <p>A story speaks of a {@link dev.withal.database.testing.stories.Way} to a database, which a
 * module's tests provide: its pool, its sessions and its errors. A test class of the module extends
 * the stories, and adds what holds there only.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.database.testing.stories;
