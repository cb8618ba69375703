package dev.withal.files;

/** The destination of an error of which no caller can be told: the thread's handler. */
final class Uncaught {
  private Uncaught() {}

  static void tell(Throwable error) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
  }
}
