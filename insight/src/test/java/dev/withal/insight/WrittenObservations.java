package dev.withal.insight;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down each callback, and then fails in the one that it is told to fail in. */
final class WrittenObservations implements ObservationHandler<Observation.Context> {
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<String> parents = new CopyOnWriteArrayList<>();

  /** The callback that fails; null for none. */
  volatile @Nullable String failing;

  /** {@return the events of which no scope tells} */
  List<String> steps() {
    return events.stream().filter(event -> !event.matches("(open|close) .*")).toList();
  }

  private void tell(String callback, String what, Observation.Context context) {
    events.add(callback + what + " " + context.getContextualName());
    if (callback.equals(failing)) {
      throw new IllegalStateException(callback);
    }
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return true;
  }

  @Override
  public void onStart(Observation.Context context) {
    var parent = context.getParentObservation();
    if (parent != null) {
      parents.add(
          context.getContextualName() + " in " + parent.getContextView().getContextualName());
    }
    tell("start", "", context);
  }

  @Override
  public void onError(Observation.Context context) {
    tell("error", " " + context.getError(), context);
  }

  @Override
  public void onEvent(Observation.Event event, Observation.Context context) {
    tell("event", " " + event.getName(), context);
  }

  @Override
  public void onScopeOpened(Observation.Context context) {
    tell("open", "", context);
  }

  @Override
  public void onScopeClosed(Observation.Context context) {
    tell("close", "", context);
  }

  @Override
  public void onStop(Observation.Context context) {
    KeyValue outcome = context.getLowCardinalityKeyValue("outcome");
    tell("stop", outcome == null ? "" : " " + outcome.getValue(), context);
  }
}
