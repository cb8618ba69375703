package dev.withal.insight;

import dev.withal.internal.Names;
import dev.withal.internal.Reporter;
import dev.withal.internal.Span;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Observes each use with Micrometer, which the application provides: an {@link Observation} named
 * {@code withal.use}, from the beginning of its enter to the end of its exit, in either style.
 *
 * <p>Uses that begin while {@link Insight} is on and this is bound are observed, and so are enters
 * on an exit stack, until their exit has ended. The parent is the observation that is current where
 * the use begins. The enter, the body's function and the exit run in the scope of the use's own
 * observation; continuations on other threads don't, unless the module {@code dev.withal.context},
 * or the application, carries the current observation there.
 *
 * <p>The low-cardinality keys are
 *
 * <ul>
 *   <li>{@code manager}, from the start on: the name given with {@code named}, else a class or a
 *       line, and never what a class of yours prints. Of more than a hundred names the rest is
 *       {@code others};
 *   <li>{@code outcome}, at the end: {@code succeeded}, {@code failed}, {@code cancelled} or {@code
 *       not entered}; {@code leaked} if nobody is left who could exit the context; {@code unknown}
 *       if Insight was switched off as the enter ended.
 * </ul>
 *
 * <p>The high-cardinality key {@code where} is the line at which the use was begun, the contextual
 * name is the manager's, and {@code entered} and {@code exiting} are events. The error is that of
 * the use; of a cancelled one, the reason. Each observation that was started is stopped once,
 * before the use's future is done, and also after {@link #close} and {@link Insight#stop}.
 *
 * <p>A handler, filter or predicate that throws doesn't change the use: the first failure for each
 * use is reported as {@code FAILED_CALLBACK}. Handlers run on the threads of the use, and must not
 * block. Uses that they begin aren't observed.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("exports") // who calls this has Micrometer, and nobody else needs it
public final class InsightObservations implements AutoCloseable {
  private static final String NAME = "withal.use";
  private static final Observation.Event ENTERED = Observation.Event.of("entered");
  private static final Observation.Event EXITING = Observation.Event.of("exiting");

  /** The names that core makes up of a class or a line. */
  private static final Pattern MADE_UP =
      Pattern.compile("exit stack|[a-z ]+( at [\\w$.-]+:\\d+| of [\\w$.]+)|lambda of [\\w$.]+");

  /** Whether the thread is in a handler, so that uses of its own aren't observed without end. */
  private static final ThreadLocal<Boolean> IN_HANDLER = ThreadLocal.withInitial(() -> false);

  private final List<Observers.Observer> observers = new CopyOnWriteArrayList<>();

  /** Makes what observes, once it is bound. */
  public InsightObservations() {}

  /**
   * Observes in a registry from here on, until {@link #close}. It may be called for several ones.
   *
   * @param registry the registry to observe in
   * @throws NullPointerException if it is null
   */
  public void bindTo(ObservationRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    var names = new KnownNames();
    Observers.Observer observer = (named, site) -> begin(registry, names, named, site);
    observers.add(observer);
    Observers.add(observer);
  }

  /** Observes no more; uses under way are observed to their end. */
  @Override
  public void close() {
    observers.forEach(Observers::remove);
    observers.clear();
  }

  private static @Nullable UseListener begin(
      ObservationRegistry registry, KnownNames names, Object named, @Nullable String site) {
    if (registry.isNoop() || IN_HANDLER.get()) {
      return null;
    }
    var use = new Observed(registry, names.known(nameOf(named)));
    use.start(site);
    return use;
  }

  /** {@return a name that tells nothing but what its author wrote down for others to read} */
  private static String nameOf(Object named) {
    if (named instanceof String name) {
      return name;
    }
    Class<?> type = named.getClass();
    if (type.isHidden() || type.getPackageName().equals("dev.withal")) {
      String name = Names.of(named);
      if (MADE_UP.matcher(name).matches()) {
        return name;
      }
    }
    return type.getName();
  }

  private static final class Observed implements UseListener {
    private final ObservationRegistry registry;
    private final String name;

    /** Null if none could be made. */
    private @Nullable Observation observation;

    private boolean told;

    Observed(ObservationRegistry registry, String name) {
      this.registry = registry;
      this.name = name;
    }

    void start(@Nullable String site) {
      observation =
          call(() -> {
            Observation made =
                Observation.createNotStarted(NAME, registry)
                    .contextualName(name)
                    .lowCardinalityKeyValue("manager", name);
            return site == null ? made : made.highCardinalityKeyValue("where", site);
          });
      // Apart from that: a handler that fails leaves others started, which are stopped then.
      tell(Observation::start);
    }

    @Override
    public void entered() {
      tell(of -> of.event(ENTERED));
    }

    @Override
    public void exiting() {
      tell(of -> of.event(EXITING));
    }

    @Override
    public @Nullable Runnable open() {
      Observation of = observation;
      if (of == null) {
        return null;
      }
      Observation.Scope before = call(registry::getCurrentObservationScope);
      Observation.Scope opened = call(of::openScope);
      if (opened == null) {
        // One that failed as it was opened may be the current one nevertheless.
        putBack(before);
        return null;
      }
      return () -> {
        tell(ignored -> opened.close());
        putBack(before);
      };
    }

    /** For scopes that fail as they are closed, and for those that a body left open. */
    private void putBack(Observation.@Nullable Scope before) {
      tell(ignored -> {
        if (registry.getCurrentObservationScope() != before) {
          registry.setCurrentObservationScope(before);
        }
      });
    }

    @Override
    public void ended(Span span, Object named) {
      Throwable error = span.error();
      if (error != null) {
        tell(of -> of.error(error));
      }
      Span.Outcome outcome = span.outcome();
      lost(outcome == null ? "unknown" : Text.of(outcome));
    }

    @Override
    public void lost(String how) {
      tell(of -> of.lowCardinalityKeyValue("outcome", how));
      tell(Observation::stop);
    }

    // ---- code of others ------------------------------------------------------------------------

    private void tell(Consumer<Observation> action) {
      Observation of = observation;
      if (of != null) {
        call(() -> {
          action.accept(of);
          return of;
        });
      }
    }

    /** Calls code of others. {@return what it returns; null if it failed, which is reported} */
    private <V> @Nullable V call(Supplier<V> code) {
      boolean outer = IN_HANDLER.get();
      IN_HANDLER.set(true);
      try {
        return code.get();
      } catch (Throwable failure) {
        if (!told) {
          told = true;
          Reporter.current()
              .report(
                  "FAILED_CALLBACK",
                  name,
                  "its use could not be observed, or not in full, as a handler failed",
                  failure);
        }
        return null;
      } finally {
        IN_HANDLER.set(outer);
      }
    }
  }
}
