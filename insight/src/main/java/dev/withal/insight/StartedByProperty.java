package dev.withal.insight;

import dev.withal.internal.Starter;

/** Switches Insight on as the first context is entered: found by core, as a service. */
@SuppressWarnings("exports") // it is for core alone
public final class StartedByProperty implements Starter {

  /** Made by the service loader. */
  public StartedByProperty() {}

  @Override
  public void start() {
    Insight.start();
  }
}
