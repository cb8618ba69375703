package dev.withal.kotlin

import dev.withal.testkit.Journal
import dev.withal.testkit.LeakCheck
import dev.withal.testkit.ManagerLaws
import java.util.concurrent.CompletableFuture.completedFuture
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** A manager written as a suspend function. */
@ExtendWith(LeakCheck::class)
class SuspendingManagerTest {

    private fun noted(journal: Journal) =
        suspendingManager {
            try {
                yield("c")
                journal.add("committed")
            } catch (e: Exception) {
                journal.add("rolled back: ${e.message}")
                throw e
            }
        }

    @Test
    fun function_goesOnAfterItsBody(journal: Journal) {
        assertThat(runBlocking { noted(journal).using { it.length } }).isEqualTo(1)

        assertThat(journal.events()).containsExactly("committed")
    }

    @Test
    fun yield_throwsTheErrorOfTheBody(journal: Journal) {
        assertThatThrownBy { runBlocking { noted(journal).running { error("no") } } }.hasMessage("no")

        assertThat(journal.events()).containsExactly("rolled back: no")
    }

    @Test
    fun yield_throwsWhenTheBodyIsCancelled(journal: Journal) {
        val job =
            CoroutineScope(Dispatchers.Unconfined).launch {
                noted(journal).running { awaitCancellation() }
            }
        job.cancel()

        assertThat(journal.events()).hasSize(1)
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun catching_suppresses(journal: Journal) {
        val manager =
            suspendingManager<String> {
                try {
                    yield("c")
                } catch (e: IllegalStateException) {
                    journal.add("caught")
                }
            }
        runBlocking { manager.running { error("no") } }

        assertThat(journal.events()).containsExactly("caught")
    }

    @Test
    fun throwing_replaces() {
        val manager =
            suspendingManager<String> {
                try {
                    yield("c")
                } catch (e: IllegalStateException) {
                    throw IllegalArgumentException("other", e)
                }
            }

        assertThatThrownBy { runBlocking { manager.running { error("no") } } }.hasMessage("other")
    }

    @Test
    fun failing_beforeTheYield_failsTheEnter() {
        assertThatThrownBy {
                runBlocking { suspendingManager<String> { error("enter") }.running { } }
            }
            .hasMessage("enter")
    }

    @Test
    fun ending_withoutAYield_isRefusedWithWhatToDo() {
        assertThatThrownBy { runBlocking { suspendingManager<String> { }.running { } } }
            .hasMessage("the function ended without a yield: yield once what the body works with")
    }

    @Test
    fun yielding_twice_isRefusedWithWhatToDo() {
        val twice =
            suspendingManager<String> {
                yield("a")
                yield("b")
            }

        assertThatThrownBy { runBlocking { twice.running { } } }
            .hasMessage("the function yields a second time: a manager yields once")
    }

    @Test
    fun function_runsOnItsDispatcherFromTheStart(journal: Journal) {
        val queue = ArrayDeque<Runnable>()
        val manager =
            suspendingManager(Executor(queue::add).asCoroutineDispatcher()) {
                journal.add("enter")
                yield("c")
                journal.add("exit")
            }
        manager.useAsync { _ -> completedFuture(journal.add("body")) }

        assertThat(journal.events()).isEmpty()
        queue.removeFirst().run()
        assertThat(journal.events()).containsExactly("enter", "body", "exit")
    }

    @Test
    fun blockingCode_usesItToo(journal: Journal) {
        assertThat(noted(journal).use<Int, Exception> { it.length }).isEqualTo(1)
    }
}

/** The laws. */
class KotlinLawsTest {
    @Test
    fun suspendingManager_keepsTheLaws() {
        val open = AtomicInteger()
        ManagerLaws.of { gate ->
                suspendingManager {
                    gate.step("open").await()
                    open.incrementAndGet()
                    try {
                        yield("c")
                    } finally {
                        try {
                            gate.step("close").await()
                        } finally {
                            open.decrementAndGet()
                        }
                    }
                }
            }
            .holding(open::get)
            .check()
    }
}
