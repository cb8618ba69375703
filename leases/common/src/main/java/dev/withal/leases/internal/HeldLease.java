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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is held, until it is lost or its use ends, whichever comes first.
 *
 * <p>Design: the deadline is counted from when the last proof was <em>sent</em>, as the engine
 * can't have heard of it before; so it comes before the engine's own, however long the answer took.
 * A proof that is answered past the deadline doesn't count: somebody may have been told already.
 * The cell {@code state} goes from held to lost or ended, once; while it is held, it has the last
 * proof, so that a proof and the end of the deadline can't both count.
 *
 * <p>A lease that isn't confirmed is lost here before it is lost at the engine, which may hear of
 * the exit all the same, and grant it anew at once. So that exit waits: whatever the body has sent
 * has that time to arrive.
 */
public final class HeldLease implements Lease, AsyncContext<Lease> {

  /** At most, where it is lost: the engine may be out of reach, and the body's caller waits. */
  private static final Duration LAST_ATTEMPT = Duration.ofMillis(500);

  /** The state of a lease: held since a proof, ended, or lost for a reason. */
  private record State(
      @Nullable Moment proved, @Nullable LeaseLostException lost, @Nullable Loss loss) {
    static final State ENDED = new State(null, null, null);

    static State held(Moment proved) {
      return new State(proved, null, null);
    }
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
  private final AtomicReference<State> state;
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  /** Whether a loss is being told, or is too late for that as the exit has begun. */
  private final AtomicBoolean told = new AtomicBoolean();

  private volatile @Nullable Throwable failedProof;
  private volatile Time.@Nullable Timer telling;

  HeldLease(EngineLeases leases, Grant grant, Clock clock) {
    this.leases = leases;
    this.grant = grant;
    this.clock = clock;
    this.state = new AtomicReference<>(State.held(grant.proved()));
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
    State now = expired();
    if (now.proved() != null) {
      return grant.token();
    }
    LeaseLostException reason = now.lost();
    if (reason == null) {
      throw new IllegalStateException(
          "lease " + name() + " has been given back, so its token is refused: use it in the body");
    }
    throw new LeaseLostException(String.valueOf(reason.getMessage()), reason.getCause());
  }

  @Override
  public Duration remaining() {
    Moment proved = state.get().proved();
    Duration left = proved == null ? Duration.ZERO : untilDeadline(proved);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** {@return whether it is neither lost nor given back} Its deadline may be over. */
  boolean isHeld() {
    return state.get().proved() != null;
  }

  private Duration untilDeadline(Moment proved) {
    return grant.term().reliable().minus(proved.until(clock.now()));
  }

  /** Says that the engine has answered a proof. */
  void prove(Moment sent) {
    State seen = expired();
    // Guard against race with the deadline, the exit, and the engine that says it is gone.
    if (seen.proved() != null && state.compareAndSet(seen, State.held(sent))) {
      failedProof = null;
    }
  }

  /** Says that a proof has failed, so that nothing is known. */
  void failToProve(Throwable failure) {
    failedProof = failure;
    expire();
  }

  /** Loses the lease if its deadline is over. */
  void expire() {
    expired();
  }

  /** {@return the state, which is a loss if the deadline is over} */
  private State expired() {
    State seen = state.get();
    // Guard against race with a proof, which moves the deadline.
    while (seen.proved() != null && !untilDeadline(seen.proved()).isPositive()) {
      lose(
          seen,
          Loss.UNCONFIRMED,
          leases
              + " hasn't confirmed it for two thirds of its timeout of "
              + grant.term().timeout());
      seen = state.get();
    }
    return seen;
  }

  /**
   * Loses the lease, as the engine says, unless it is lost or given back already.
   *
   * @param why what has happened
   */
  public void lose(String why) {
    State seen = state.get();
    // Guard against race with a proof, which changes the state and doesn't end it.
    while (seen.proved() != null) {
      lose(seen, Loss.GONE, why);
      seen = state.get();
    }
  }

  private void lose(State seen, Loss loss, String why) {
    var reason =
        new LeaseLostException(isLost() + ": " + why + "; somebody else may get it", failedProof);
    if (state.compareAndSet(seen, new State(null, reason, loss))) {
      // Told on a thread of its own, since the body's code may run there, and others wait.
      telling = Time.current().schedule(Duration.ZERO, () -> tell(reason));
    }
  }

  private void tell(LeaseLostException reason) {
    if (told.compareAndSet(false, true)) {
      lost.completeExceptionally(reason);
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
    // Guard against race with the thread that tells the loss: first, as only one of the two does.
    boolean late = told.compareAndSet(false, true);
    State last = end();
    leases.forget(this);
    LeaseLostException untold = late || how.error() == null ? news(last, how) : null;
    Time.Timer pending = telling;
    if (pending != null) {
      pending.cancel();
    }
    return Async.callAsync(() -> {
      if (last.loss() == Loss.UNCONFIRMED) {
        Async.sleep(grant.term().beat());
      }
      release(last.proved() != null ? grant.term().beat() : lastAttempt(), untold);
      return Verdict.PROPAGATE;
    });
  }

  /**
   * {@return the loss, unless the body fails with it} A body that succeeds hasn't heard of it, even
   * if it was told: that came when nobody listened any more.
   */
  private @Nullable LeaseLostException news(State last, ExitCase how) {
    boolean isKnown =
        how.error() instanceof LeaseLostException known
            && String.valueOf(known.getMessage()).startsWith(isLost());
    return isKnown ? null : last.lost();
  }

  private String isLost() {
    return "lease " + name() + " is lost";
  }

  /** Ends it, unless it is lost. {@return the state before that} */
  private State end() {
    State seen = expired();
    // Guard against race with a proof, and with the engine that says it is gone.
    while (seen.proved() != null && !state.compareAndSet(seen, State.ENDED)) {
      seen = expired();
    }
    return seen;
  }

  /** Gives it back, and fails with its loss if the body hasn't been told of that. */
  private void release(Duration limit, @Nullable LeaseLostException untold) {
    try {
      release(limit);
    } catch (IllegalStateException notReleased) {
      if (untold == null) {
        throw notReleased;
      }
      untold.addSuppressed(notReleased);
    }
    if (untold != null) {
      throw untold;
    }
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
