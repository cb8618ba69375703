/**
 * Tests of asynchronous contexts without real time: virtual time, a journal of events, a check for
 * leaks.
 */
@org.jspecify.annotations.NullMarked
module dev.withal.testkit {
  requires transitive dev.withal;
  requires static transitive org.junit.jupiter.api;

  exports dev.withal.testkit;
}
