package dev.withal.kotlin

import dev.withal.AsyncContextManager
import dev.withal.testkit.Gate
import dev.withal.testkit.Journal
import dev.withal.testkit.LeakCheck
import java.util.concurrent.CompletableFuture.completedFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** Flows, stacks and futures of uses. */
@ExtendWith(LeakCheck::class)
class FlowAndStackTest {
    private val here = CoroutineScope(Dispatchers.Unconfined)

    private fun noted(journal: Journal, name: String) =
        AsyncContextManager.closing({
            journal.add("enter $name")
            completedFuture(name)
        }) {
            journal.add("exit $name")
            completedFuture(null)
        }

    private fun numbers(journal: Journal): Flow<Int> = flow {
        for (i in 1..9) {
            journal.add("emit $i")
            emit(i)
        }
    }

    @Test
    fun flow_isCollectedInsideTheContext(journal: Journal) {
        val all = runBlocking { noted(journal, "c").flowing { numbers(journal).map { it * 2 } }.toList() }

        assertThat(all).containsExactly(2, 4, 6, 8, 10, 12, 14, 16, 18)
        assertThat(journal.events()).startsWith("enter c").endsWith("exit c")
    }

    @Test
    fun take_returnsAfterTheExit(journal: Journal) {
        val two = runBlocking { noted(journal, "c").flowing { numbers(journal) }.take(2).toList() }
        journal.add("taken")

        assertThat(two).containsExactly(1, 2)
        assertThat(journal.events()).endsWith("exit c", "taken")
        assertThat(journal.events()).filteredOn { it.startsWith("emit") }.hasSizeLessThan(5)
    }

    @Test
    fun collections_areAUseEach(journal: Journal) {
        val flow = noted(journal, "c").flowing { numbers(journal) }
        runBlocking { flow.first() + flow.first() }

        assertThat(journal.events()).filteredOn { it == "exit c" }.hasSize(2)
    }

    @Test
    fun stack_exitsLastInFirstOut(journal: Journal) {
        runBlocking {
            usingStack { stack ->
                stack.entering(noted(journal, "a"))
                stack.entering(noted(journal, "b"))
                journal.add("body")
            }
        }

        assertThat(journal.events())
            .containsExactly("enter a", "enter b", "body", "exit b", "exit a")
    }

    @Test
    fun stack_isCancelledWhileItEnters_exitsWhatArrives() {
        val gate = Gate()
        val job = here.launch { usingStack { it.entering(gate.manager("a")) } }
        job.cancel()
        gate.go("enter a")
        gate.go("exit a")

        assertThat(gate.held()).isZero()
        assertThat(job.isCompleted).isTrue()
    }

    @Test
    fun awaitEnd_isCancelled_waitsForTheUse() {
        val gate = Gate()
        val job = here.launch { gate.manager("c").useAsync { _ -> completedFuture("v") }.awaitEnd() }
        job.cancel()
        gate.go("enter c")

        assertThat(job.isCompleted).isFalse()
        gate.go("exit c")
        assertThat(job.isCompleted).isTrue()
    }
}
