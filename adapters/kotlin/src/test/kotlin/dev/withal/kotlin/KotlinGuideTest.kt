package dev.withal.kotlin

import dev.withal.AsyncContextManager
import dev.withal.testkit.Journal
import dev.withal.testkit.LeakCheck
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletableFuture.completedFuture
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** The code of the guide for Kotlin. */
@ExtendWith(LeakCheck::class)
class KotlinGuideTest {
    private val journal = Journal()

    private inner class Connection {
        suspend fun count(table: String): Int {
            delay(1)
            return table.length
        }

        fun names(): Flow<String> = flowOf("Ada", "Grace")

        fun commitAsync(): CompletableFuture<Unit> = noted("commit")

        fun rollbackAsync(): CompletableFuture<Unit> = noted("rollback")

        fun closeAsync(): CompletableFuture<Unit> = noted("close")

        private fun noted(event: String): CompletableFuture<Unit> {
            journal.add(event)
            return completedFuture(Unit)
        }
    }

    private fun connectAsync(): CompletableFuture<Connection> = completedFuture(Connection())

    // @start region="by-hand"
    private suspend fun countByHand(): Int {
        val connection = connectAsync().await()
        try {
            return connection.count("orders")
        } finally {
            connection.closeAsync().await()
        }
    }
    // @end

    private val connection: AsyncContextManager<Connection> =
        // @start region="manager"
        AsyncContextManager.closing({ connectAsync() }, { it.closeAsync() })
    // @end

    // @start region="using"
    private suspend fun count(): Int = connection.using { it.count("orders") }
    // @end

    @Test
    fun using_closesAfterTheBody() {
        assertThat(runBlocking { countByHand() }).isEqualTo(6)
        assertThat(runBlocking { count() }).isEqualTo(6)
        assertThat(journal.events()).containsExactly("close", "close")
    }

    @Test
    fun timeout_answersAfterTheExit() {
        runBlocking {
            // @start region="timeout"
            val orders: Int? = withTimeoutOrNull(1_000) { connection.using { it.count("orders") } }
            // @end
            assertThat(orders).isEqualTo(6)
        }
        assertThat(journal.events()).containsExactly("close")
    }

    // @start region="manager-by-yield"
    private val transaction: AsyncContextManager<Connection> = suspendingManager {
        val connection = connectAsync().await()
        try {
            yield(connection)
            connection.commitAsync().await()
        } catch (e: Throwable) {
            connection.rollbackAsync().await()
            throw e
        }
    }
    // @end

    @Test
    fun suspendingManager_commits() {
        runBlocking { transaction.running { it.count("orders") } }
        assertThat(journal.events()).containsExactly("commit")
    }

    @Test
    fun flow_isOpenWhileItIsCollected() {
        runBlocking {
            // @start region="flow"
            val first: String = connection.flowing { it.names() }.first() // closed by now
            // @end
            assertThat(first).isEqualTo("Ada")
        }
        assertThat(journal.events()).containsExactly("close")
    }

    @Test
    fun stack_entersAnyNumber() {
        val both = runBlocking {
            // @start region="stack"
            usingStack { stack ->
                val from = stack.entering(connection)
                val to = stack.entering(transaction)
                from.count("orders") + to.count("orders")
            }
            // @end
        }
        assertThat(both).isEqualTo(12)
        assertThat(journal.events()).containsExactly("commit", "close")
    }
}
