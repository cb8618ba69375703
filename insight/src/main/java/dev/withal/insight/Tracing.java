package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** The work of Insight while it is on, except telling the time, which {@link Pulse} does. */
final class Tracing implements Tracer {
  private static final String NAME = "dev.withal:type=Contexts";

  private final Contexts contexts;
  private final LongHeld longHeld;
  private final Runnable heldEvents = Tracing::emitHeld;

  Tracing(Contexts contexts, LongHeld longHeld) {
    this.contexts = contexts;
    this.longHeld = longHeld;
  }

  void begin() {
    contexts.reset();
    Leaks.forget();
    register();
    addEvents();
    Tracer.replace(this);
  }

  void end() {
    Tracer.replace(null);
    FlightRecorder.removePeriodicEvent(heldEvents);
    unregister();
  }

  /** Looks for what leaked and for what is held long, once a second. */
  void look() {
    contexts.leaked(Leaks.look());
    longHeld.look();
    Meters.look();
  }

  // ---- what core calls -------------------------------------------------------------------------

  @Override
  public Span begin(@Nullable Span parent, @Nullable String site, @Nullable Object named) {
    var event = new UseEvent();
    UseListener listener =
        Observers.begin(event.isEnabled() ? new RecordedUse(parent, event) : null, named, site);
    return listener == null ? new UseSpan(parent, site) : new HeardSpan(parent, site, listener);
  }

  @Override
  public void reported(String kind, String context, String message, @Nullable Throwable error) {
    var event = new ReportEvent();
    if (event.shouldCommit()) {
      event.kind = kind;
      event.manager = context;
      event.message = message;
      event.error = error == null ? null : error.getClass().getName();
      event.commit();
    }
    Meters.reported(kind, context);
  }

  // ---- what others ask -------------------------------------------------------------------------

  private static void emitHeld() {
    if (!new HeldEvent().isEnabled()) {
      return;
    }
    Snapshot snapshot = Snapshot.take();
    for (Held.Entry entry : JsonLines.oldest(snapshot, HeldEvent.MOST)) {
      Span span = entry.span();
      if (span == null) {
        continue;
      }
      Span parent = snapshot.parent(span);
      Thread thread = entry.thread();
      Span.Asked asked = span.asked();
      var event = new HeldEvent();
      event.id = span.id();
      event.parent = parent == null ? 0 : parent.id();
      event.manager = snapshot.name(entry);
      event.phase = Text.of(entry.step());
      event.since = snapshot.epochMillis(span.since());
      event.age = snapshot.age(span.begun());
      event.where = span.site();
      event.enteredOn = thread == null ? null : thread.getName();
      event.asked = asked == null ? null : Text.ofReason(asked.reason());
      // Asked last, as the name of one that ends meanwhile is gone.
      if (entry.isRecorded()) {
        event.commit();
      }
    }
  }

  private void addEvents() {
    try {
      FlightRecorder.addPeriodicEvent(HeldEvent.class, heldEvents);
    } catch (IllegalStateException | SecurityException unavailable) {
      log("Flight Recorder isn't there, so there are no events of what is held", unavailable);
    }
  }

  private void register() {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = new ObjectName(NAME);
      if (server.isRegistered(name)) {
        server.unregisterMBean(name);
      }
      server.registerMBean(contexts, name);
    } catch (JMException failure) {
      log("the MXBean can't be registered", failure);
    }
  }

  private static void unregister() {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = new ObjectName(NAME);
      if (server.isRegistered(name)) {
        server.unregisterMBean(name);
      }
    } catch (JMException failure) {
      log("the MXBean can't be unregistered", failure);
    }
  }

  private static void log(String message, Throwable failure) {
    System.getLogger("dev.withal").log(Level.WARNING, "Insight: " + message, failure);
  }
}
