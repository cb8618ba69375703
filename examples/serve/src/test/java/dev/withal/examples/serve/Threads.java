package dev.withal.examples.serve;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The threads of this process, virtual ones as well. */
final class Threads {
  /** A number, a name and, after a state and a time, the frames. */
  private static final Pattern THREAD = Pattern.compile("(#\\d+ \".*\"(?: virtual)?) [A-Z_]+ \\S+");

  /**
   * Carriers and pollers of virtual threads, which come and go as there is work, and those for
   * another process that attaches to this one.
   */
  private static final Pattern OF_THE_JDK =
      Pattern.compile("#\\d+ \"(ForkJoinPool-|SubPoller-|Attach Listener|RMI |JMX ).*");

  private Threads() {}

  /** {@return the frames of each, by its number and name} */
  static Map<String, String> all(Path folder) throws IOException {
    Path dump = folder.resolve("threads.txt");
    Files.deleteIfExists(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    var threads = new TreeMap<String, String>();
    for (String part : Files.readString(dump).split("\n\n", -1)) {
      Matcher thread = THREAD.matcher(part);
      if (thread.lookingAt() && !OF_THE_JDK.matcher(part).lookingAt()) {
        threads.put(thread.group(1), part.substring(thread.end()));
      }
    }
    return threads;
  }
}
