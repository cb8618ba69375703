package dev.withal;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A body's result that nobody receives, since the body was asked to end or its exit failed (L17).
 *
 * <p>Design: what such a value owes becomes contexts, which are exited as any. Their verdicts count
 * for nothing, as the error isn't theirs to judge; what fails in them is added to it.
 */
final class Dropped {

  /** How a dropped value of a type is released, and what was said before that. */
  record Way(
      Class<?> type, Function<Object, ? extends CompletionStage<?>> release, @Nullable Way before) {

    /** {@return these ways, and then the other ones} */
    Way and(Way others) {
      return new Way(
          type, release, before == null ? others : before == others ? others : before.and(others));
    }
  }

  private static final Module JDK = Object.class.getModule();

  private Dropped() {}

  /**
   * {@return what is to be exited in place of a value} What is closeable, and nobody has said how,
   * is reported.
   *
   * @param own what the context of the use handed out, and its exit releases
   */
  static List<AsyncContext<?>> owed(
      @Nullable Object value,
      @Nullable Object own,
      Object name,
      Settings settings,
      @Nullable Throwable reason) {
    List<AsyncContext<?>> owed = new ArrayList<>();
    for (Object each : value == own ? List.of() : parts(value, settings)) {
      if (isOf(own, each)) {
        continue;
      }
      Way way = way(each, settings);
      if (way != null) {
        var release = way.release;
        owed.add(bounded(new ClosingContext<>(name, each, release), name, settings));
      } else if (each instanceof AsyncContext<?> context) {
        owed.add(bounded(context, name, settings));
      } else if (each instanceof AutoCloseable || each instanceof Context<?>) {
        Report.send(
            Report.Kind.DROPPED_VALUE,
            name,
            "nobody received the result, a "
                + each.getClass().getName()
                + ", and it is left open: close it in the work as that is asked to end; how the"
                + " result of a body is released can be said by releasingDropped",
            reason);
      }
    }
    return owed;
  }

  /** Whether a value is the context's own, or one of those that several contexts handed out. */
  private static boolean isOf(@Nullable Object own, Object value) {
    return value == own
        || (own instanceof Collection<?> several
            && isOfTheJdk(several)
            && copy(() -> several).stream().anyMatch(one -> one == value));
  }

  /** Whether a value is a context, or holds it in containers of the JDK. */
  static boolean holds(@Nullable Object value, AsyncContext<?> context) {
    return value == context
        || parts(value, Settings.DEFAULT).stream().anyMatch(part -> part == context);
  }

  /** {@return the value, or what is in it} */
  private static List<Object> parts(@Nullable Object value, Settings settings) {
    var parts = new ArrayList<Object>();
    Set<Object> containers = Collections.newSetFromMap(new IdentityHashMap<>());
    // Not by recursion: a container may be inside others at any depth.
    var open = new ArrayDeque<Iterator<? extends @Nullable Object>>();
    open.push(Collections.singleton(value).iterator());
    while (!open.isEmpty()) {
      if (!open.element().hasNext()) {
        open.pop();
        continue;
      }
      Object each = open.element().next();
      if (each == null) {
        continue;
      }
      Collection<? extends @Nullable Object> inside =
          way(each, settings) == null ? inside(each) : null;
      if (inside == null) {
        parts.add(each);
      } else if (containers.add(each)) {
        open.push(inside.iterator());
      }
    }
    return parts;
  }

  /**
   * {@return what a container of the JDK holds; null if the value is none} Containers of others may
   * do anything when read, so they are values as they are.
   */
  private static @Nullable Collection<? extends @Nullable Object> inside(Object value) {
    return switch (value) {
      case Optional<?> optional -> optional.stream().toList();
      case Object[] several -> Arrays.asList(several);
      case Collection<?> several when isOfTheJdk(several) -> copy(() -> several);
      case Map<?, ?> map when isOfTheJdk(map) -> {
        var both = new ArrayList<@Nullable Object>(copy(map::keySet));
        both.addAll(copy(map::values));
        yield both;
      }
      default -> null;
    };
  }

  /**
   * {@return what looks up what a context handed out, as far as somebody still has it} Of several
   * contexts that is each value: the collection was made for the use alone.
   */
  static Supplier<@Nullable Object> weakly(@Nullable Object own) {
    if (own instanceof Collection<?> several && isOfTheJdk(several)) {
      List<WeakReference<@Nullable Object>> parts = new ArrayList<>();
      copy(() -> several).forEach(part -> parts.add(new WeakReference<>(part)));
      return () -> {
        var left = new ArrayList<@Nullable Object>();
        parts.forEach(part -> left.add(part.get()));
        return left;
      };
    }
    return new WeakReference<>(own)::get;
  }

  private static boolean isOfTheJdk(Object value) {
    return value.getClass().getModule() == JDK;
  }

  private static Collection<? extends @Nullable Object> copy(Supplier<Collection<?>> several) {
    try {
      return new ArrayList<@Nullable Object>(several.get());
    } catch (Throwable broken) {
      // It changes at this moment, or wraps another one that can't be read (L15).
      return List.of();
    }
  }

  private static @Nullable Way way(Object value, Settings settings) {
    for (Way way = settings.dropped(); way != null; way = way.before) {
      if (way.type.isInstance(value)) {
        return way;
      }
    }
    return null;
  }

  /** {@return a context with the bound that the use's own exit has} */
  private static AsyncContext<?> bounded(AsyncContext<?> context, Object name, Settings settings) {
    Settings.ExitTimeout bound = settings.exitTimeout();
    return bound == null ? context : TimedExit.bounded(context, name, bound.limit());
  }

  /** Exits without blocking, the last first. {@return a stage of the case as that leaves it} */
  static CompletionStage<ExitCase> exitAll(List<AsyncContext<?>> owed, ExitCase how, Object by) {
    CompletionStage<ExitCase> left = new Completed<>(how);
    for (AsyncContext<?> context : owed.reversed()) {
      left = left.thenCompose(told -> exit(context, told, by));
    }
    return left;
  }

  private static CompletionStage<ExitCase> exit(AsyncContext<?> context, ExitCase how, Object by) {
    try {
      return Stages.future(Stages.exit(context, context, how, by))
          .handle((answer, failure) ->
              failure == null
                  ? left(how, Unwinding.after(how, answer, by), by)
                  : Unwinding.afterFailure(how, failure, by));
    } catch (Throwable failure) {
      return new Completed<>(Unwinding.afterFailure(how, failure, by));
    }
  }

  /**
   * Releases a result that its caller doesn't get, on the calling thread. {@return the case as that
   * leaves it}
   */
  static ExitCase exitHere(
      @Nullable Object result,
      @Nullable Object own,
      Object manager,
      Settings settings,
      ExitCase how,
      Object by) {
    return result == null
        ? how
        : exitHere(owed(result, own, settings.named(manager), settings, how.error()), how, by);
  }

  /** Exits on the calling thread, the last first. {@return the case as that leaves it} */
  private static ExitCase exitHere(List<AsyncContext<?>> owed, ExitCase how, Object by) {
    ExitCase left = how;
    for (AsyncContext<?> context : owed.reversed()) {
      left = left(left, Direct.exit(context, context, left, by, null), by);
    }
    return left;
  }

  private static ExitCase left(ExitCase how, ExitCase after, Object by) {
    Throwable error = after.error();
    return error == null || error == how.error() ? how : Unwinding.afterFailure(how, error, by);
  }

  /** Exits in the background what is owed for a value that came too late. */
  static void exitLate(
      @Nullable Object value,
      @Nullable Object own,
      Object name,
      Settings settings,
      Throwable reason) {
    for (AsyncContext<?> context : owed(value, own, name, settings, reason).reversed()) {
      Late.exit(name, context, null, ExitCase.cancelled(reason));
    }
  }
}
