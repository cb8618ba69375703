package dev.withal.insight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A report of Withal's. */
@Name("dev.withal.Report")
@Label("Report")
@Category("Withal")
@Description("A problem that no caller could be told of")
@StackTrace(false)
final class ReportEvent extends Event {
  @Label("Kind")
  @Nullable String kind;

  @Label("Manager")
  @Nullable String manager;

  @Label("Message")
  @Nullable String message;

  @Label("Error")
  @Description("The class of the error")
  @Nullable String error;
}
