package dev.withal.insight;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures what a program holds with Micrometer, which the application provides.
 *
 * <p>The meters are {@code withal.contexts.held}, {@code entering} and {@code age}, the age of the
 * oldest in seconds, as gauges that are brought up to date once a second while Insight is on; and
 * {@code withal.contexts.leaks}, {@code withal.exits.slow} and {@code withal.exits.abandoned}, as
 * counters; leaks of the same line that are found together count once. What has leaked isn't held
 * any more. Each has the tag {@code manager}, the manager's name: name those managers whose
 * contexts are many, by {@code named}, and not by what differs from use to use. Of more than a
 * hundred names the rest is {@code others}.
 *
 * <p>A registry that throws changes no use. Its failure to measure what is held is reported as
 * {@code FAILED_CALLBACK}, and its failure to count a report is logged with that.
 *
 * <p>Immutable and thread-safe.
 */
@SuppressWarnings("exports") // who calls this has Micrometer, and nobody else needs it
public final class InsightMeters implements MeterBinder, AutoCloseable {
  private static final String TAG = "manager";

  private final List<Recording> recordings = new java.util.concurrent.CopyOnWriteArrayList<>();

  /** Creates meters that measure once they are bound. */
  public InsightMeters() {}

  @Override
  public void bindTo(MeterRegistry registry) {
    var recording = new Recording(registry);
    recordings.add(recording);
    Meters.listen(recording);
  }

  /** Stops measuring; the meters stay registered. */
  @Override
  public void close() {
    recordings.forEach(Meters::unlisten);
    recordings.clear();
  }

  private static final class Recording implements Meters.Listener {
    private final MeterRegistry registry;
    private final MultiGauge held;
    private final MultiGauge entering;
    private final MultiGauge age;
    private final KnownNames names = new KnownNames();

    Recording(MeterRegistry registry) {
      this.registry = registry;
      held = gauge("held", "contexts that are held", null);
      entering = gauge("entering", "enters that wait", null);
      age = gauge("age", "how long ago the oldest began to be entered", "seconds");
    }

    private MultiGauge gauge(
        String what, String description, @org.jspecify.annotations.Nullable String unit) {
      return MultiGauge.builder("withal.contexts." + what)
          .description(description)
          .baseUnit(unit)
          .register(registry);
    }

    @Override
    public void held(Map<String, Meters.Amount> byName) {
      var amounts = new java.util.HashMap<String, Meters.Amount>();
      byName.forEach(
          (name, amount) -> amounts.merge(names.known(name), amount, Meters.Amount::plus));
      // Those that are held no more are none, and not what they were.
      names.all().forEach(name -> amounts.putIfAbsent(name, new Meters.Amount(0, 0, 0)));
      register(held, amounts, Meters.Amount::held);
      register(entering, amounts, Meters.Amount::entering);
      register(age, amounts, amount -> amount.oldestMillis() / 1000.0);
    }

    private static void register(
        MultiGauge gauge,
        Map<String, Meters.Amount> amounts,
        ToDoubleFunction<Meters.Amount> value) {
      var rows = new ArrayList<MultiGauge.Row<?>>();
      amounts.forEach((name, amount) ->
          rows.add(MultiGauge.Row.of(Tags.of(TAG, name), value.applyAsDouble(amount))));
      gauge.register(rows, true);
    }

    @Override
    public void reported(String kind, String name) {
      switch (kind) {
        case "LEAK" -> count("withal.contexts.leaks", "contexts nobody is left to exit", name);
        case "SLOW_EXIT" -> count("withal.exits.slow", "exits that take more than 10 s", name);
        case "ABANDONED_EXIT" ->
            count("withal.exits.abandoned", "exits that are awaited no more", name);
        default -> {
          return;
        }
      }
    }

    private void count(String meter, String description, String name) {
      Counter.builder(meter)
          .description(description)
          .tags(Tags.of(TAG, names.known(name)))
          .register(registry)
          .increment();
    }
  }
}
