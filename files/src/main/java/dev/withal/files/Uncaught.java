package dev.withal.files;

/** Where an error goes that no caller is left to be told: to the thread's handler. */
final class Uncaught {
  private Uncaught() {}

  static void tell(Throwable error) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
  }
}
