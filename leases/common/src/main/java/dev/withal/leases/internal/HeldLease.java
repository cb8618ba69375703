package dev.withal.leases.internal;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.internal.Time;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.internal.Clock.Moment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is held, until it is lost or its use ends, whichever comes first.
 *
 * <p>Design: the deadline is counted from when the last proof was <em>sent</em>, as the engine
 * can't have heard of it before; so it comes before the engine's own, however long the answer took.
 * A proof that is answered past the deadline doesn't count: somebody may have been told already.
 * The cell {@code state} goes from held to lost or ended, once.
 *
 * <p>A lease that isn't confirmed is lost here before it is lost at the engine, which may hear of
 * the exit all the same, and grant it anew at once. So that exit waits: whatever the body has sent
 * has that time to arrive.
 */
public final class HeldLease implements Lease, AsyncContext<Lease> {

  /** At most, where it is lost: the engine may be out of reach, and the body's caller waits. */
  private static final Duration LAST_ATTEMPT = Duration.ofMillis(500);

  /** The state of a lease: held, ended, or lost for a reason. */
  private record State(@Nullable LeaseLostException lost, @Nullable Loss loss) {
    static final State HELD = new State(null, null);
    static final State ENDED = new State(null, null);
  }

  /** How a lease was lost. */
  private enum Loss {
    /** The engine has said so. */
    GONE,
    /** The engine hasn't said anything in time, and may still have it for this holder. */
    UNCONFIRMED
  }

  private final EngineLeases leases;
  private final Grant grant;
  private final Clock clock;
  private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private volatile Moment proved;
  private volatile @Nullable Throwable failedProof;
  private volatile Time.@Nullable Timer telling;

  HeldLease(EngineLeases leases, Grant grant, Clock clock) {
    this.leases = leases;
    this.grant = grant;
    this.clock = clock;
    this.proved = grant.proved();
  }

  /** {@return the grant} */
  public Grant grant() {
    return grant;
  }

  @Override
  public String name() {
    return grant.name();
  }

  @Override
  public long token() {
    if (state.get() == State.HELD && untilDeadline(clock.now()).isPositive()) {
      return grant.token();
    }
    expire();
    LeaseLostException reason = state.get().lost();
    if (reason == null) {
      throw new IllegalStateException(
          "lease " + name() + " has been given back, so its token is refused: use it in the body");
    }
    throw new LeaseLostException(String.valueOf(reason.getMessage()), reason.getCause());
  }

  @Override
  public Duration remaining() {
    Duration left = state.get() == State.HELD ? untilDeadline(clock.now()) : Duration.ZERO;
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration untilDeadline(Moment now) {
    return grant.term().reliable().minus(proved.until(now));
  }

  /** Says that the engine has answered a proof. */
  void prove(Moment sent) {
    expire();
    proved = sent;
    failedProof = null;
  }

  /** Says that a proof has failed, so that nothing is known. */
  void failToProve(Throwable failure) {
    failedProof = failure;
    expire();
  }

  /** Loses the lease if its deadline is over. */
  void expire() {
    if (!untilDeadline(clock.now()).isPositive()) {
      lose(
          Loss.UNCONFIRMED,
          leases
              + " hasn't confirmed it for two thirds of its timeout of "
              + grant.term().timeout());
    }
  }

  /**
   * Loses the lease, as the engine says, unless it is lost or given back already.
   *
   * @param why what has happened
   */
  public void lose(String why) {
    lose(Loss.GONE, why);
  }

  private void lose(Loss loss, String why) {
    var reason =
        new LeaseLostException(
            "lease " + name() + " is lost: " + why + "; somebody else may get it", failedProof);
    if (state.compareAndSet(State.HELD, new State(reason, loss))) {
      // Told on a thread of its own, since the body's code may run there, and others wait.
      telling = Time.current().schedule(Duration.ZERO, () -> lost.completeExceptionally(reason));
    }
  }

  @Override
  public Lease value() {
    return this;
  }

  @Override
  public CompletionStage<?> lost() {
    return lost;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    // Guard against race with a proof that has just failed: nobody listens any more.
    boolean held = state.compareAndSet(State.HELD, State.ENDED);
    leases.forget(this);
    Time.Timer pending = telling;
    if (pending != null) {
      pending.cancel();
    }
    boolean unconfirmed = state.get().loss() == Loss.UNCONFIRMED;
    return Async.callAsync(() -> {
      if (unconfirmed) {
        Async.sleep(grant.term().beat());
      }
      release(held ? grant.term().beat() : lastAttempt());
      return Verdict.PROPAGATE;
    });
  }

  private Duration lastAttempt() {
    Duration beat = grant.term().beat();
    return beat.compareTo(LAST_ATTEMPT) < 0 ? beat : LAST_ATTEMPT;
  }

  private void release(Duration limit) {
    try {
      Async.runWithin(limit, () -> leases.engine().release(grant));
    } catch (InterruptedException interruption) {
      throw notReleased(interruption);
    } catch (TimeoutException silence) {
      throw notReleased(silence);
    } catch (Exception failure) {
      throw notReleased(failure);
    }
  }

  private IllegalStateException notReleased(Exception cause) {
    return new IllegalStateException(
        "lease "
            + name()
            + " could not be given back to "
            + leases
            + ": it is free once its timeout of "
            + grant.term().timeout()
            + " is over",
        cause);
  }

  @Override
  public String toString() {
    return "lease " + name();
  }
}
