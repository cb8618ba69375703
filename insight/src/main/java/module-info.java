/**
 * Insight: what a running program holds, who holds it, since when and from which line, and what has
 * leaked.
 *
 * <p>{@link dev.withal.insight.Insight} switches it on.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.insight {
  requires transitive dev.withal;
  requires transitive java.management;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  // Only where the application measures with it.
  requires static micrometer.core;
  requires static micrometer.observation;

  exports dev.withal.insight;

  provides dev.withal.internal.Starter with
      dev.withal.insight.StartedByProperty;
}
