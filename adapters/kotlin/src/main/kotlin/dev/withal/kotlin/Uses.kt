package dev.withal.kotlin

import dev.withal.AsyncBody
import dev.withal.AsyncContextManager
import dev.withal.AsyncExitStack
import dev.withal.Cancellation
import dev.withal.internal.Trampoline
import java.time.Duration
import java.util.Collections
import java.util.concurrent.CompletableFuture
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.isActive

/**
 * Runs the body inside a fresh context, and returns its result when the exit is done.
 *
 * It is [AsyncContextManager.use] for coroutines. The body runs in the caller's coroutine context,
 * but for its [Job]: on the caller's dispatcher, with all its other elements.
 *
 * **Cancellation.** If the caller is cancelled, the use is asked to end, and this throws when the
 * exit is done: so `cancelAndJoin`, `withTimeoutOrNull` and `coroutineScope` go on after it. A
 * context that arrives although the caller was cancelled is exited before that, unless it takes
 * longer than the manager's [grace period][AsyncContextManager.grace]. If the use is asked to end
 * from elsewhere, for example by a timeout in the manager, the body's coroutine is cancelled. The
 * exit waits for a body that was cancelled however long it takes. Neither reaches an exit.
 *
 * **Failure.** The body's error is thrown, unless the exit replaces or suppresses it; an error of
 * the exit is added to it. An exit that fails after the caller was cancelled is told to
 * [dev.withal.Report], since nobody looks at the exception of a cancelled coroutine.
 *
 * @param body the code to run with the context's value, which is valid until it returns
 * @return what the body returned
 * @throws NoSuchElementException if the body failed and the exit suppressed that
 */
public suspend fun <T, R> AsyncContextManager<T>.using(body: suspend (T) -> R): R {
    val result = useIn(body) ?: throw NoSuchElementException(SUPPRESSED)
    return result.single()
}

private const val SUPPRESSED =
    "the body failed and its exit suppressed that, so there is no result: use running for a body without one"

/**
 * Runs a body without a result inside a fresh context, as [using] does. It returns normally as well
 * if the body failed and the exit suppressed that.
 *
 * @param body the code to run with the context's value, which is valid until it returns
 */
public suspend fun <T> AsyncContextManager<T>.running(body: suspend (T) -> Unit) {
    useIn(body)
}

private suspend fun <T, R> AsyncContextManager<T>.useIn(body: suspend (T) -> R): Result<R>? {
    val run = BodyInUse<T, R>(currentCoroutineContext(), body)
    val use: CompletableFuture<Result<R>?> = run.inPlace { useAsync(run) }
    if (use.isCompletedExceptionally && !currentCoroutineContext().isActive) {
        use.tellNews()
        currentCoroutineContext().ensureActive()
    }
    val result = use.awaitEnd()
    if (result == null) {
        // An exit suppresses what the body made of its caller's cancellation, but not that.
        currentCoroutineContext().ensureActive()
    }
    return result
}

/**
 * Runs the body with an exit stack, and returns its result when all its exits are done.
 *
 * @param body the code to run with the stack; what it [enters][entering] is exited last in, first out
 * @return what the body returned
 */
public suspend fun <R> usingStack(body: suspend (AsyncExitStack) -> R): R =
    AsyncExitStack.manager().using(body)

/**
 * Enters a manager on this stack.
 *
 * If the caller is cancelled meanwhile, this throws at once; what arrives after all is exited with
 * the stack.
 *
 * @param manager the manager to enter
 * @return the context's value, valid until the stack's exit
 */
public suspend fun <T> AsyncExitStack.entering(manager: AsyncContextManager<T>): T =
    enterAsync(manager).awaitEnd()

/**
 * A cold flow of what the body's flow emits inside a fresh context.
 *
 * Each collection is one use. The collector goes on after the exit, also where it has enough: so
 * `first()` and `take(n)` return when the exit is done. An element is emitted once the one before
 * was collected.
 *
 * @param body makes the flow to collect with the context's value
 */
public fun <T, R> AsyncContextManager<T>.flowing(body: (T) -> Flow<R>): Flow<R> =
    channelFlow { using { value -> body(value).collect { send(it) } } }.buffer(0)

/** A result, which may be null, told from none. Core looks into it for a value to release. */
private typealias Result<R> = List<R>

/**
 * The body of a use, as a coroutine.
 *
 * Design: its [Job] is not the caller's child, as it is cancelled by the use alone: so the reason
 * comes with it, and a body that fails doesn't cancel its caller before the exit could suppress
 * that. While `useAsync` is on the caller's stack, the body begins in place, and hears of the
 * caller's cancellation from here, since nobody can ask the use yet; after that, it begins on the
 * caller's dispatcher.
 */
private class BodyInUse<T, R>(
    private val caller: CoroutineContext,
    private val body: suspend (T) -> R,
) : AsyncBody<T, Result<R>?> {

    private val thread = Thread.currentThread()

    private val job = Job()

    @Volatile private var returned = false

    /** Written by the coroutine before its end. */
    private var result: Result<R>? = null

    @OptIn(InternalCoroutinesApi::class) // for a handler that runs when a job is cancelled
    fun <F> inPlace(use: () -> F): F {
        val forwarding =
            caller[Job]?.invokeOnCompletion(onCancelling = true) { reason ->
                reason?.let { cancel(it) }
            }
        try {
            return use()
        } finally {
            returned = true
            forwarding?.dispose()
        }
    }

    override fun apply(value: T): CompletableFuture<Result<R>?> {
        val here = !returned && Thread.currentThread() === thread
        val start = if (here) CoroutineStart.UNDISPATCHED else CoroutineStart.DEFAULT
        val coroutine =
            CoroutineScope(caller.minusKey(Job) + job).async(start = start) {
                result = Collections.singletonList(body(value))
            }
        val end = endOf(coroutine)
        return if (end.isDone) end else RUNNING.useAsync { _, asked -> asking(end, asked) }
    }

    /** The same, where it can be: in deep nests each cause of a cause would be looked at. */
    private fun asCancellation(reason: Throwable): CancellationException =
        reason as? CancellationException
            ?: CancellationException("the use was asked to end", reason)

    private fun cancel(reason: Throwable) {
        // Uses nest at any depth, and each one's request cancels the next one's caller.
        Trampoline.run { job.cancel(asCancellation(reason)) }
    }

    private fun asking(
        end: CompletableFuture<Result<R>?>,
        cancellation: Cancellation,
    ): CompletableFuture<Result<R>?> {
        cancellation.onRequest(::cancel)
        return end
    }

    private fun endOf(coroutine: Job): CompletableFuture<Result<R>?> {
        val end = CompletableFuture<Result<R>?>()
        coroutine.invokeOnCompletion { error ->
            // A coroutine that was cancelled doesn't give the value that it returned all the same.
            if (error == null || (error is CancellationException && result != null)) {
                end.complete(result)
            } else {
                end.completeExceptionally(error)
            }
        }
        return end
    }

    private companion object {
        /**
         * What a body becomes that hasn't ended when it returns: a use of nothing, which is asked
         * as any nested one, and has no grace period. A coroutine ends when all in it has ended.
         */
        val RUNNING: AsyncContextManager<Any> =
            AsyncContextManager.ofValue(Any())
                .named("the body of a coroutine")
                .grace(Duration.ofSeconds(Long.MAX_VALUE))
    }
}
