/**
 * Tests of async contexts: virtual time, a journal of events, a check for leaks, and the law suite.
 *
 * <p>{@link dev.withal.testkit.LeakCheck} is a JUnit extension. It fails a test that leaves a
 * context entered or exits one twice, and provides {@linkplain dev.withal.testkit.VirtualTime
 * virtual time}, which passes only when nothing else can happen, and a {@link
 * dev.withal.testkit.Journal} for asserting the whole order of events:
 *
 * {@snippet class="dev.withal.testkit.ExamplesTest" region="session"}
 *
 * {@link dev.withal.testkit.ManagerLaws} tests a manager against the laws that hold for every use,
 * with failures, cancellations and timeouts at each step:
 *
 * {@snippet class="dev.withal.testkit.ExamplesTest" region="laws"}
 */
@org.jspecify.annotations.NullMarked
package dev.withal.testkit;
