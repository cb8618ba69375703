/**
 * Async context managers, for code that blocks and for code that chains stages.
 *
 * <h2>Using a manager</h2>
 *
 * A {@linkplain dev.withal.AsyncContextManager manager} is a recipe for acquiring and releasing
 * something. Its <em>enter</em> acquires, its <em>exit</em> releases, and the code in between is
 * the <em>body</em>. One enter, body and exit are a <em>use</em>:
 *
 * {@snippet class="dev.withal.guide.ReadmeTest" region="example"}
 *
 * The exit runs exactly once if the enter succeeded, after a result, an exception, a cancellation
 * or a timeout, and the result is available only after it. A body without a result goes to {@link
 * dev.withal.AsyncContextManager#run run}:
 *
 * {@snippet class="dev.withal.guide.RunningTest" region="no-value"}
 *
 * <h2>Making a manager</h2>
 *
 * From two functions that return stages, where the exit is told {@linkplain dev.withal.ExitCase how
 * the body ended} and answers with a {@link dev.withal.Verdict}:
 *
 * {@snippet class="dev.withal.guide.WritingTest" region="told-how"}
 *
 * From one method that may block, with one {@linkplain dev.withal.Generator yield}:
 *
 * {@snippet class="dev.withal.guide.WritingTest" region="generator"}
 *
 * From blocking calls, by a {@link dev.withal.ContextManager}, which also serves stage style after
 * {@link dev.withal.ContextManager#async() async()}:
 *
 * {@snippet class="dev.withal.guide.SynchronousTest" region="both"}
 *
 * <h2>Several at once</h2>
 *
 * Nest them, {@linkplain dev.withal.AsyncContextManager#both enter them in parallel}, or put any
 * number on a {@linkplain dev.withal.AsyncExitStack stack}, which exits them in reverse order:
 *
 * {@snippet class="dev.withal.guide.ManyTest" region="stack"}
 *
 * A stack also takes over open resources, and runs plain code at its end:
 *
 * {@snippet class="dev.withal.guide.ManyTest" region="kinds"}
 *
 * <h2>Ending early</h2>
 *
 * Cancelling the future of a use, or interrupting its thread in direct style, asks the body to end.
 * The body {@linkplain dev.withal.Cancellation#stopping stops its work} and ends when that has
 * ended; then the exit runs:
 *
 * {@snippet class="dev.withal.guide.CancellationTest" region="stopping"}
 *
 * A bound on a body, as an exception that can be caught:
 *
 * {@snippet class="dev.withal.guide.TimeLimitsTest" region="within"}
 *
 * <h2>Running a program</h2>
 *
 * Under {@link dev.withal.Async#run Async.run}, Ctrl-C and SIGTERM end all uses, and the process
 * ends after their exits:
 *
 * {@snippet class="dev.withal.guide.RunningTest" region="run"}
 *
 * <h2>Errors</h2>
 *
 * The error of the body is the result, and the error of the exit is added to it as a suppressed
 * exception. Problems that no caller can be told of any more are {@linkplain dev.withal.Report
 * reported}.
 */
@org.jspecify.annotations.NullMarked
package dev.withal;
