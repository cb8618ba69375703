package dev.withal.insight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import org.jspecify.annotations.Nullable;

/** One context that is held as the event is emitted. */
@Name("dev.withal.Held")
@Label("Held")
@Category("Withal")
@Description("A context that is held, entered or exited now")
@StackTrace(false)
@Period("everyChunk")
final class HeldEvent extends Event {
  /** So many at a time, those that are held longest. */
  static final int MOST = 10_000;

  @Label("Id")
  long id;

  @Label("Parent")
  @Description("The id of the context that it is nested in; 0 if that isn't known or there is none")
  long parent;

  @Label("Manager")
  @Nullable String manager;

  @Label("Phase")
  @Description("entering, body or exiting")
  @Nullable String phase;

  @Label("Since")
  @Description("When the phase began")
  @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
  long since;

  @Label("Age")
  @Description("How long ago its enter began")
  @Timespan(Timespan.MILLISECONDS)
  long age;

  @Label("Where")
  @Description("The line at which it was entered")
  @Nullable String where;

  @Label("Entered on")
  @Nullable String enteredOn;

  @Label("Asked")
  @Description("Why it was asked to end")
  @Nullable String asked;
}
