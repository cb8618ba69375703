package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * The case that a generator is told as its yield returns, kept for the uses that it has put around
 * the yield: they see no more of it than the error, or that there is none.
 *
 * <p>Design: it belongs to the generator's thread, from where the yield returns to the generator's
 * end. A use notes as it begins what the thread has. If that is another one as its body ends, the
 * yield was in that body.
 */
final class AfterYield {
  private static final ThreadLocal<@Nullable AfterYield> OF_THREAD = new ThreadLocal<>();

  /** Whether any thread has ever had one. Until then, looking for it costs this one read. */
  private static volatile boolean used;

  private final ExitCase how;
  private final @Nullable AfterYield before;

  private AfterYield(ExitCase how, @Nullable AfterYield before) {
    this.how = how;
    this.before = before;
  }

  /** {@return what the calling thread has; null if nothing} */
  static @Nullable AfterYield ofThread() {
    return used ? OF_THREAD.get() : null;
  }

  /** A yield returns. {@return what is to {@link #end}; null if its error says all there is} */
  static @Nullable AfterYield begin(ExitCase how) {
    Throwable error = how.error();
    ExitCase said = error == null ? ExitCase.success() : ExitCase.of(error);
    if (said.getClass() == how.getClass()
        && said.deadline().equals(how.deadline())
        && !bodyStillRuns(how)) {
      return null;
    }
    used = true;
    var after = new AfterYield(how, OF_THREAD.get());
    OF_THREAD.set(after);
    return after;
  }

  /** The generator has ended. */
  void end() {
    if (before == null) {
      OF_THREAD.remove();
    } else {
      OF_THREAD.set(before);
    }
  }

  /**
   * {@return the case of a body that ended on the calling thread, with what a yield in it was told}
   *
   * @param since what the thread had as the use began
   */
  static ExitCase told(@Nullable AfterYield since, ExitCase ending) {
    AfterYield now = ofThread();
    return now == null || now == since ? ending : now.in(ending);
  }

  private ExitCase in(ExitCase ending) {
    Throwable error = ending.error();
    if (error == how.error()) {
      return how;
    }
    return error != null && bodyStillRuns(how)
        ? new ExitCase.Cancelled(error, true, how.deadline())
        : ending.by(how.deadline());
  }

  private static boolean bodyStillRuns(ExitCase how) {
    return how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns();
  }
}
