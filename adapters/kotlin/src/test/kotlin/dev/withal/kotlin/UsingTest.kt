package dev.withal.kotlin

import dev.withal.Async
import dev.withal.AsyncContextManager
import dev.withal.Report
import dev.withal.Verdict
import dev.withal.testkit.Gate
import dev.withal.testkit.Journal
import dev.withal.testkit.LeakCheck
import dev.withal.testkit.VirtualTime
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletableFuture.completedFuture
import java.util.concurrent.CompletableFuture.failedFuture
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** A use as a suspend function. */
@ExtendWith(LeakCheck::class)
class UsingTest {
    private val gate = Gate()
    private val here = CoroutineScope(Dispatchers.Unconfined)

    private val failing =
        AsyncContextManager.closing({ completedFuture("c") }) {
            failedFuture<Any>(IllegalStateException("exit"))
        }

    private fun noted(journal: Journal) =
        AsyncContextManager.closing({ completedFuture("c") }) {
            journal.add("exit")
            completedFuture(null)
        }

    @Test
    fun value_ofTheBody_isReturnedAfterTheExit(journal: Journal) {
        val length = runBlocking { noted(journal).using { it.length } }

        assertThat(length).isEqualTo(1)
        assertThat(journal.events()).containsExactly("exit")
    }

    @Test
    fun null_ofTheBody_isAValue(journal: Journal) {
        val value: String? = runBlocking { noted(journal).using { null } }

        assertThat(value).isNull()
    }

    @Test
    fun error_ofTheBody_isThrownAfterTheExit(journal: Journal) {
        val failure = IllegalStateException("no")

        assertThatThrownBy { runBlocking { noted(journal).running { throw failure } } }
            .isInstanceOf(IllegalStateException::class.java)
            .hasMessage("no")
        assertThat(journal.events()).containsExactly("exit")
    }

    @Test
    fun error_thatIsSuppressed_leavesNoResult() {
        val silent = AsyncContextManager.ofValue("c").suppressing(IllegalStateException::class.java)
        runBlocking { silent.running { error("no") } }

        assertThatThrownBy { runBlocking { silent.using { error("no") } } }
            .isInstanceOf(NoSuchElementException::class.java)
    }

    @Test
    fun cancel_bodySuspends_joinsAfterTheExit() {
        val job = here.launch { gate.manager("c").running { awaitCancellation() } }
        gate.go("enter c")
        job.cancel()

        assertThat(gate.waiting()).containsExactly("exit c")
        assertThat(job.isCompleted).isFalse()
        gate.go("exit c")
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun cancel_enterIsPending_joinsAfterTheLateExit() {
        val job = here.launch { gate.manager("c").running { } }
        job.cancel()
        gate.go("enter c")

        assertThat(job.isCompleted).isFalse()
        gate.go("exit c")
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun cancel_ofNestedUses_exitsInsideOut() {
        val job =
            here.launch {
                gate.manager("outer").running {
                    gate.manager("inner").running { awaitCancellation() }
                }
            }
        gate.go("enter outer")
        gate.go("enter inner")
        job.cancel()

        assertThat(gate.waiting()).containsExactly("exit inner")
        gate.go("exit inner")
        assertThat(gate.waiting()).containsExactly("exit outer")
        gate.go("exit outer")
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun cancel_ofConcurrentUsesInABody_exitsThemBeforeTheOuter() {
        val job =
            here.launch {
                gate.manager("outer").running {
                    coroutineScope {
                        launch { gate.manager("a").running { awaitCancellation() } }
                        launch { gate.manager("b").running { awaitCancellation() } }
                    }
                }
            }
        gate.go("enter outer")
        gate.go("enter a")
        gate.go("enter b")
        job.cancel()

        gate.go("exit b")
        assertThat(gate.waiting()).containsExactly("exit a")
        gate.go("exit a")
        assertThat(gate.waiting()).containsExactly("exit outer")
        gate.go("exit outer")
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun cancel_innerExitOutlastsTheGracePeriod_outerWaitsForIt(time: VirtualTime) {
        val job =
            here.launch {
                gate.manager("outer").running {
                    gate.manager("inner").running { awaitCancellation() }
                }
            }
        gate.go("enter outer")
        gate.go("enter inner")
        job.cancel()
        time.advance(Duration.ofHours(1))

        assertThat(gate.waiting()).containsExactly("exit inner")
        gate.open()
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun cancel_bodyRunsInPlace_isSeenByIt(journal: Journal) {
        here.launch {
            val caller = currentCoroutineContext().job
            noted(journal).running {
                caller.cancel()
                journal.add("active ${currentCoroutineContext().isActive}")
            }
        }

        assertThat(journal.events()).containsExactly("active false", "exit")
    }

    @Test
    fun withTimeoutOrNull_answersAfterTheExit(journal: Journal) {
        val answer = runBlocking {
            withTimeoutOrNull(5) { noted(journal).running { awaitCancellation() } }.also {
                journal.add("answer $it")
            }
        }

        assertThat(answer).isNull()
        assertThat(journal.events()).containsExactly("exit", "answer null")
    }

    @Test
    fun timeout_asAManager_cancelsTheBodyAndThrowsAfterTheExit(time: VirtualTime, journal: Journal) {
        val limited = Async.timeout(Duration.ofSeconds(1)).flatMap { _ -> noted(journal) }
        val job =
            here.launch {
                try {
                    limited.running { awaitCancellation() }
                } catch (e: java.util.concurrent.TimeoutException) {
                    journal.add(e.message!!)
                }
            }
        time.advance(Duration.ofSeconds(1))

        assertThat(journal.events()).containsExactly("exit", "timed out after PT1S")
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun exit_failsAfterACancellation_isReported(journal: Journal) {
        Report.listen { journal.add("${it.kind()} ${it.error()!!.suppressed[0].message}") }.use {
            here.launch { failing.running { awaitCancellation() } }.cancel()
        }

        assertThat(journal.events()).containsExactly("LATE_FAILURE exit")
    }

    @Test
    fun exit_failsAfterACancellationInPlace_isReported(journal: Journal) {
        Report.listen { journal.add("${it.kind()} ${it.error()!!.suppressed[0].message}") }.use {
            here.launch {
                val caller = currentCoroutineContext().job
                failing.running {
                    caller.cancel()
                    currentCoroutineContext().ensureActive()
                }
            }
        }

        assertThat(journal.events()).containsExactly("LATE_FAILURE exit")
    }

    @Test
    fun value_thatComesDespiteACancellation_isReturned(journal: Journal) {
        val use = gate.manager("c")
        val job = here.launch { journal.add("value " + use.using { "v" }) }
        gate.go("enter c")
        job.cancel()
        gate.go("exit c")

        assertThat(journal.events()).containsExactly("value v")
    }

    @Test
    fun value_ofABodyThatIsCancelledInPlace_isReturned(journal: Journal) {
        here.launch {
            val caller = currentCoroutineContext().job
            val value = noted(journal).using {
                caller.cancel()
                "v"
            }
            journal.add("value $value")
        }

        assertThat(journal.events()).containsExactly("exit", "value v")
    }

    @Test
    fun closeable_ofABodyThatWasAsked_isReported(journal: Journal) {
        Report.listen { journal.add("${it.kind()}") }.use {
            val job =
                here.launch {
                    val value: AutoCloseable =
                        noted(journal).using {
                            try {
                                awaitCancellation()
                            } catch (e: CancellationException) {
                                AutoCloseable {}
                            }
                        }
                    journal.add("value $value")
                }
            job.cancel()
        }

        assertThat(journal.events()).containsExactly("DROPPED_VALUE", "exit")
    }

    @Test
    fun context_ofTheCaller_isTheBodys() {
        val name = runBlocking {
            withContext(CoroutineName("req-7")) {
                AsyncContextManager.ofValue("c").using { currentCoroutineContext()[CoroutineName] }
            }
        }

        assertThat(name).isEqualTo(CoroutineName("req-7"))
    }

    @Test
    fun body_afterAnEnterOnAnotherThread_runsOnTheCallersDispatcher() {
        val entered = CompletableFuture<String>()
        val manager = AsyncContextManager.closing({ entered }) { completedFuture(null) }
        val thread = runBlocking {
            launch { Thread.ofPlatform().start { entered.complete("c") } }
            manager.using { Thread.currentThread() }
        }

        assertThat(thread).isSameAs(Thread.currentThread())
    }

    @Test
    fun error_ofTheBody_doesNotCancelItsCaller() {
        val caller = runBlocking {
            AsyncContextManager.ofValue("c")
                .suppressing(IllegalStateException::class.java)
                .running { error("no") }
            currentCoroutineContext()[Job]!!.isActive
        }

        assertThat(caller).isTrue()
    }

    @Test
    fun cancelAndJoin_whileTheExitRuns_returnsAfterIt() {
        val job = here.launch { gate.manager("c").running { } }
        gate.go("enter c")
        val joined = here.launch { job.cancelAndJoin() }

        assertThat(joined.isCompleted).isFalse()
        gate.go("exit c")
        assertThat(joined.isCompleted).isTrue()
    }

    @Test
    fun exit_ofASynchronousVerdict_isSeen() {
        val replacing =
            AsyncContextManager.of({ completedFuture("c") }) { _, _ ->
                completedFuture(Verdict.replaceWith(IllegalArgumentException("other")))
            }

        assertThatThrownBy { runBlocking { replacing.running { error("no") } } }
            .hasMessage("other")
    }
}
