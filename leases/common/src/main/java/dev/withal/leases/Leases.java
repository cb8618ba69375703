package dev.withal.leases;

import dev.withal.AsyncContextManager;
import dev.withal.Body;
import java.util.Objects;

/**
 * The leases of one engine: locks that machines share, whose loss ends the body.
 *
 * {@snippet class="dev.withal.leases.LeasesGuideTest" region="lease"}
 *
 * <p><b>What is promised</b>, for holders that use the same engine:
 *
 * <ul>
 *   <li>a holder is told that its lease is lost before the engine can grant it anew, as long as its
 *       process runs and clocks don't differ in rate by a third; the clocks of holders may jump,
 *       and an engine says what its own may do;
 *   <li>tokens of a name strictly increase in the order of the grants, whatever clocks do;
 *   <li>losing a lease asks the body to end, its exits run, and the exit of the lease doesn't take
 *       it from another holder;
 *   <li>an enter that is given up leaves the queue, and a grant that arrives after that is given
 *       back.
 * </ul>
 *
 * <p><b>What isn't promised:</b> that a stopped or cut off holder does nothing after its lease was
 * lost. Its earlier requests may arrive later. The token, or the fence of an engine that has one,
 * is for that.
 *
 * <p><b>Names.</b> A name has 1 to 1,000 characters, with no NUL and no unpaired surrogate. All
 * others are allowed, and names are equal if all characters are: nothing is normalized. Messages
 * show names, so they must not contain secrets.
 *
 * <p>Immutable and thread-safe. It owns nothing and needs no close: the engine is asked only while
 * a lease is waited for or held. A null argument is refused with a {@link NullPointerException}.
 */
public interface Leases {

  /**
   * {@return a manager that waits for a lease, holds it while the body runs, and gives it back}
   *
   * <p>The enter waits for as long as others hold the lease; {@link
   * AsyncContextManager#enterTimeout enterTimeout} bounds that. It fails with the error of the
   * engine if that can't be asked. Cancelling or interrupting it leaves the queue. In stage style a
   * virtual thread waits.
   *
   * <p>The exit gives the lease back. If the engine doesn't answer within a quarter of the timeout,
   * the exit fails with an {@link IllegalStateException}; the lease is then free once its timeout
   * is over. If the lease is lost as the engine hasn't answered, the exit waits for a quarter of
   * the timeout before it tries that: so a holder is told at least that long before the next grant,
   * and its use takes that much longer to fail. If the lease is lost and the body hasn't been told
   * when it ends, as after the process was stopped, the exit fails with the {@link
   * LeaseLostException}. A lease isn't reentrant: a body that asks for the lease that it holds
   * waits for itself.
   *
   * @param name the name of the lease
   * @throws IllegalArgumentException if the name isn't allowed
   */
  AsyncContextManager<Lease> lease(String name);

  /**
   * Runs a body whenever this process leads, until the body returns or fails: it waits for the
   * lease, runs the body, and does so again if that lease was lost.
   *
   * <p>Blocks the calling thread, on which the body runs too; {@link dev.withal.Async#runAsync} has
   * a thread for it. Interrupting it ends it. After each loss it pauses for 0.1 s, doubled after
   * each attempt without a lead, up to 30 s; half of each pause is random. An enter that fails ends
   * it with that error if the body has never run, because an address that is wrong stays wrong;
   * later on, it is tried again after the pause.
   *
   * {@snippet class="dev.withal.leases.LeasesGuideTest" region="leading"}
   *
   * @param name the name of the lease
   * @param body the code to run while leading; called anew for each lead
   * @param <X> the checked exception that the body may throw
   * @throws X if the body fails, other than by the loss of the lease
   * @throws InterruptedException if the thread is interrupted; the error of the last attempt is
   *     added as a suppressed exception
   * @throws IllegalArgumentException if the name isn't allowed
   */
  default <X extends Exception> void whileLeading(String name, Body.Action<? super Lease, X> body)
      throws X, InterruptedException {
    new Leading<X>(lease(name), Objects.requireNonNull(body, "body")).run();
  }
}
