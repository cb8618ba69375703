package dev.withal.insight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Contexts that were found to have leaked, entered by managers of one name at one line. */
@Name("dev.withal.Leak")
@Label("Leak")
@Category("Withal")
@Description("Contexts that were never exited, and that nobody is left to exit")
@StackTrace(false)
final class LeakEvent extends Event {
  @Label("Manager")
  @Nullable String manager;

  @Label("Where")
  @Description("The line at which they were entered")
  @Nullable String where;

  @Label("Count")
  long count;
}
