package dev.withal.internal;

/** Names of foreign objects, for messages. */
public final class Names {
  private Names() {}

  /**
   * {@return what messages call something: what it prints, if it can} It never throws.
   *
   * @param named a name, or what prints one
   */
  public static String of(Object named) {
    try {
      String name = named.toString();
      if (name == null) {
        return named.getClass().getName() + ", whose toString returns null";
      }
      int lambda = named.getClass().isHidden() ? name.indexOf("$$Lambda") : -1;
      return lambda < 0 ? name : "lambda of " + name.substring(0, lambda);
    } catch (Throwable failure) {
      return named.getClass().getName() + ", whose toString throws " + failure.getClass().getName();
    }
  }
}
