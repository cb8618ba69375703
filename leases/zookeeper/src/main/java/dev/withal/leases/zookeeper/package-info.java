/**
 * Leases as nodes of a ZooKeeper ensemble, over Apache Curator.
 *
 * <p>{@link dev.withal.leases.zookeeper.ZooKeeperLeases} is all there is to call. ZooKeeper's own
 * jars share packages, so they must be on the class path, and this one beside them.
 */
@org.jspecify.annotations.NullMarked
package dev.withal.leases.zookeeper;
