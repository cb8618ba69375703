package dev.withal.kotlin

import dev.withal.AsyncContextManager
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import kotlinx.coroutines.withTimeoutOrNull
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** Coroutines cancelled at random moments, random trees of uses, deep nests. */
@Tag("slow")
class StormTest {
    private companion object {
        const val DEPTH = 3_000
    }

    private val clock = Executors.newScheduledThreadPool(2)
    private val acquired = AtomicInteger()
    private val released = AtomicInteger()
    private val problems = AtomicInteger()

    @AfterEach
    fun stop() {
        clock.shutdownNow()
    }

    private fun later(step: () -> Unit): CompletableFuture<Unit> {
        val end = CompletableFuture<Unit>()
        clock.schedule({ end.complete(step()) }, Random.nextLong(1000), TimeUnit.MICROSECONDS)
        return end
    }

    /** A resource whose acquire takes no notice of a cancellation. */
    private inner class Node(private val parent: Node?) {
        private val inside = AtomicInteger()

        fun enter(): CompletableFuture<Node> {
            parent?.inside?.incrementAndGet()
            return later { acquired.incrementAndGet() }.thenApply { this }
        }

        fun exit(): CompletableFuture<Unit> {
            if (inside.get() != 0) {
                problems.incrementAndGet()
            }
            return later {
                released.incrementAndGet()
                parent?.inside?.decrementAndGet()
            }
        }
    }

    private fun node(parent: Node?): AsyncContextManager<Node> =
        AsyncContextManager.closing({ Node(parent).enter() }) { it.exit() }
            // A machine that stands still must not end a grace period.
            .grace(Duration.ofDays(1))

    private suspend fun tree(parent: Node?, depth: Int, random: Random): Unit =
        node(parent).running { own ->
            if (depth == 0) {
                delay(random.nextLong(2))
            } else {
                when (random.nextInt(4)) {
                    0 ->
                        coroutineScope {
                            launch { tree(own, depth - 1, random) }
                            launch { tree(own, depth - 1, random) }
                        }
                    1 -> withTimeoutOrNull(random.nextLong(4)) { tree(own, depth - 1, random) }
                    2 ->
                        coroutineScope {
                            val first = async { tree(own, depth - 1, random) }
                            val second = async { tree(own, depth - 1, random) }
                            select {
                                first.onAwait {}
                                second.onAwait {}
                            }
                            first.cancel()
                            second.cancel()
                        }
                    else -> tree(own, depth - 1, random)
                }
            }
        }

    private fun storm(times: Int, depth: Int) = runBlocking(Dispatchers.Default) {
        val places = Semaphore(100)
        (1..times)
            .map { seed ->
                async {
                    places.withPermit {
                        val random = Random(seed)
                        val job = launch { tree(null, random.nextInt(depth + 1), random) }
                        delay(random.nextLong(8))
                        job.cancelAndJoin()
                    }
                }
            }
            .awaitAll()
        // Each coroutine was joined, and so everything is released by now.
        assertThat(released.get()).isEqualTo(acquired.get())
        assertThat(acquired.get()).isGreaterThan(times / 2)
        assertThat(problems.get()).isZero()
    }

    @Test
    fun cancels_atRandomMoments_leakNothingOnceJoined() {
        storm(2_000, 0)
    }

    @Test
    fun trees_ofUses_exitInsideOut() {
        storm(500, 3)
    }

    @Test
    @Tag("stress")
    @Timeout(600)
    fun cancels_aHundredThousand_leakNothingOnceJoined() {
        storm(100_000, 0)
        storm(10_000, 4)
    }

    @Test
    fun nest_ofUses_endsInBoundedStack() {
        assertThat(runBlocking { nest(DEPTH) }).isEqualTo(DEPTH)
    }

    @Test
    fun nest_isCancelled_endsInBoundedStack() {
        val deepest = CompletableFuture<Unit>()
        runBlocking {
            val job = launch {
                nest(DEPTH) {
                    deepest.complete(Unit)
                    awaitCancellation()
                }
            }
            while (!deepest.isDone) {
                delay(1)
            }
            job.cancelAndJoin()
        }
        assertThat(released.get()).isEqualTo(DEPTH)
    }

    private val level =
        AsyncContextManager.closingValue({ acquired.incrementAndGet() }) {
            released.incrementAndGet()
            CompletableFuture.completedFuture(null)
        }

    private suspend fun nest(depth: Int, body: suspend () -> Int = { 0 }): Int =
        if (depth == 0) body() else level.using { 1 + nest(depth - 1, body) }
}
