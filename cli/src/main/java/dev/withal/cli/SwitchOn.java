package dev.withal.cli;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.jar.JarFile;

/**
 * The agent that switches Insight on in another process.
 *
 * <p>Design: it is the only class of this command that the other process gets, so it needs the JDK
 * alone. A program's loader may not be the system's, as in an application server: Insight is asked
 * for where Withal was loaded. Where a program has no Insight at all, the command's own is added,
 * but only behind the system's class path: a loader below would find it in front of its own.
 */
public final class SwitchOn {
  /** The system property that tells how it went. */
  static final String ANSWER = "dev.withal.cli.answer";

  static final String ON = "on";
  static final String NO_WITHAL = "no Withal";
  static final String NO_INSIGHT = "no Insight";

  private static final String INSIGHT = "dev.withal.insight.Insight";

  private SwitchOn() {}

  /**
   * Called by the JVM.
   *
   * @param jar the jar to add where there is no Insight; empty for none
   * @param instrumentation what knows all loaded classes
   */
  public static void agentmain(String jar, Instrumentation instrumentation) {
    String answer;
    try {
      answer = switchOn(jar, instrumentation);
    } catch (Throwable failure) {
      // Whoever loaded this tells it; the program itself must not suffer.
      answer = failure.toString();
    }
    System.setProperty(ANSWER, answer);
  }

  private static String switchOn(String jar, Instrumentation instrumentation)
      throws ReflectiveOperationException, IOException {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (loaded.getName().equals("dev.withal.internal.Tracer")) {
        loaders.add(loaded.getClassLoader());
      }
    }
    String answer = NO_WITHAL;
    for (ClassLoader loader : loaders) {
      String here = start(loader, jar, instrumentation);
      answer = answer.equals(ON) ? ON : here;
    }
    return answer;
  }

  private static String start(ClassLoader loader, String jar, Instrumentation instrumentation)
      throws ReflectiveOperationException, IOException {
    try {
      start(loader);
    } catch (ClassNotFoundException missing) {
      if (jar.isEmpty() || loader != ClassLoader.getSystemClassLoader()) {
        return NO_INSIGHT;
      }
      instrumentation.appendToSystemClassLoaderSearch(new JarFile(jar));
      start(loader);
    }
    return ON;
  }

  private static void start(ClassLoader loader) throws ReflectiveOperationException {
    Class.forName(INSIGHT, true, loader).getMethod("start").invoke(null);
  }
}
