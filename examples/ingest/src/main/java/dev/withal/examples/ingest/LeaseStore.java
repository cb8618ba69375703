package dev.withal.examples.ingest;

import dev.withal.AsyncExitStack;
import dev.withal.leases.Leases;
import dev.withal.r2dbc.Pool;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A place that keeps leases for all machines that may load. */
interface LeaseStore {
  String ZOOKEEPER = "zookeeper://";
  String POSTGRESQL = "postgresql://";

  /**
   * {@return the store at a URL}
   *
   * @throws LoadException if the URL is of no such store; the message doesn't show it, as it may
   *     hold a password
   */
  static LeaseStore at(String url) throws LoadException {
    if (url.startsWith(ZOOKEEPER)) {
      return ZooKeeperStore.at(url);
    }
    if (url.startsWith(POSTGRESQL)) {
      return PostgresqlStore.at(url);
    }
    throw new LoadException(
        "--exclusive names no place that keeps leases: give it "
            + PostgresqlStore.FORM
            + " or "
            + ZooKeeperStore.FORM);
  }

  /**
   * Connects to the store.
   *
   * @param stack takes over the duty to disconnect
   * @param timeout how long after its last sign of life a process loses a lease to another one
   * @throws LoadException if the store can't be reached
   * @throws InterruptedException if the caller is told to end meanwhile
   */
  Opened open(AsyncExitStack stack, Duration timeout) throws LoadException, InterruptedException;

  /**
   * A store that is connected to.
   *
   * @param leases its leases
   * @param pool connections to the database that keeps them; null if it is none
   */
  record Opened(Leases leases, @Nullable Pool pool) {}
}
