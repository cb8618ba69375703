package dev.withal.leases.internal;

import java.util.List;
import java.util.Set;

/**
 * A place where leases are kept. Its methods block, and are interrupted if they take too long.
 *
 * <p>An engine grants a name again only once the last grant of it was released, or the timeout of
 * its term has passed on its own clock since the last proof reached it.
 */
public interface Engine {

  /** {@return what messages and reports call the engine; no secrets} */
  String name();

  /** {@return the clock by which grants and proofs are dated} */
  Clock clock();

  /**
   * Waits until a lease is granted.
   *
   * @param name the name of the lease
   * @return the grant; its caller releases it
   * @throws Exception if there can be no grant; nothing is left in the queue then
   * @throws InterruptedException if the caller doesn't want it any more; nothing is left in the
   *     queue then either
   */
  Grant acquire(String name) throws Exception;

  /**
   * Proves that grants are still held, and has the engine keep them for another timeout.
   *
   * @param grants grants of one term
   * @return those of them that are still held
   * @throws Exception if the engine can't be asked, so that nothing is known
   */
  Set<Grant> prove(List<Grant> grants) throws Exception;

  /**
   * Gives a grant back; does nothing if it isn't held any more.
   *
   * @param grant the grant
   * @throws Exception if the engine can't be asked
   */
  void release(Grant grant) throws Exception;
}
