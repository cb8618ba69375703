package dev.withal.insight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** One use, from the begin of its enter to the end of its exit. */
@Name("dev.withal.Use")
@Label("Use")
@Category("Withal")
@Description("A use: its enter, body and exit")
@StackTrace(false)
@Threshold("10 ms")
final class UseEvent extends Event {
  @Label("Id")
  long id;

  @Label("Parent")
  @Description("The id of the use that it began in; 0 if that isn't known or there is none")
  long parent;

  @Label("Manager")
  @Nullable String manager;

  @Label("Where")
  @Description("The line at which it was begun")
  @Nullable String where;

  @Label("Enter")
  @Timespan
  long enter;

  @Label("Body")
  @Timespan
  long body;

  @Label("Exit")
  @Timespan
  long exit;

  @Label("Outcome")
  @Description("not entered, succeeded, failed or cancelled")
  @Nullable String outcome;

  @Label("Error")
  @Description("The class of the error; of a cancelled one, of its reason")
  @Nullable String error;

  @Label("Entered on")
  @Nullable Thread enteredOn;
}
