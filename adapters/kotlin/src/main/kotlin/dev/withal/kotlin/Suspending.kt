package dev.withal.kotlin

import dev.withal.AsyncContext
import dev.withal.AsyncContextManager
import dev.withal.ExitCase
import dev.withal.Verdict
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.intrinsics.createCoroutineUnintercepted
import kotlin.coroutines.intrinsics.intercepted
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.suspendCoroutine

/**
 * The place in a [suspendingManager] where the body runs.
 *
 * @param T the type of the value
 */
public interface Yield<T> {
    /**
     * Hands the value to the body, and returns when the body has succeeded. If the body failed or
     * was cancelled, it throws its error.
     *
     * @param value the context's value
     * @throws IllegalStateException if it is called a second time
     */
    public suspend fun yield(value: T)
}

/**
 * A manager written as one suspend function with one [yield][Yield.yield]: the code before the
 * yield enters, the code after it exits.
 *
 * If the body fails or is cancelled, the yield throws its error. Catching it and returning normally
 * suppresses it; throwing another error replaces it. Nothing cancels the function: neither its
 * enter nor its exit.
 *
 * @param context where the function runs; the default is the thread that enters, and after a
 *   suspension that which resumes it
 * @param function enters, yields once, and exits
 */
public fun <T> suspendingManager(
    context: CoroutineContext = EmptyCoroutineContext,
    function: suspend Yield<T>.() -> Unit,
): AsyncContextManager<T> = SuspendingManager(context, function)

private class SuspendingManager<T>(
    private val context: CoroutineContext,
    private val function: suspend Yield<T>.() -> Unit,
) : AsyncContextManager<T> {
    override fun enterAsync(): CompletionStage<AsyncContext<T>> {
        val run = Run<T>(context, this)
        function.createCoroutineUnintercepted(run, run).intercepted().resume(Unit)
        return run.entered
    }

    override fun toString(): String = "manager of ${function.javaClass.name}"
}

/**
 * One run of the function: its context, its yield and what its end comes to.
 *
 * Design: enter and exit are one coroutine without a job, which nobody can cancel. `yielded` is
 * written before the enter completes, and the exit comes after that.
 */
private class Run<T>(override val context: CoroutineContext, private val manager: Any) :
    Yield<T>, AsyncContext<T>, Continuation<Unit> {
    val entered = CompletableFuture<AsyncContext<T>>()
    private val exited = CompletableFuture<Verdict>()
    private var yielded: Yielded<T>? = null
    private var told: Throwable? = null

    private class Yielded<T>(val value: T, val goOn: Continuation<Unit>)

    override suspend fun yield(value: T) {
        check(yielded == null) { "the function yields a second time: a manager yields once" }
        suspendCoroutine { goOn ->
            yielded = Yielded(value, goOn)
            entered.complete(this)
        }
    }

    override fun value(): T = checkNotNull(yielded).value

    override fun exitAsync(how: ExitCase): CompletionStage<Verdict> {
        val goOn = checkNotNull(yielded).goOn
        val error = how.error()
        told = error
        if (error == null) {
            goOn.resume(Unit)
        } else {
            goOn.resumeWithException(error)
        }
        return exited
    }

    /** The function has ended. */
    override fun resumeWith(result: kotlin.Result<Unit>) {
        val error = result.exceptionOrNull()
        if (yielded == null) {
            entered.completeExceptionally(error ?: IllegalStateException(NO_YIELD))
        } else if (error == null) {
            exited.complete(if (told == null) Verdict.PROPAGATE else Verdict.SUPPRESS)
        } else if (told == null) {
            exited.completeExceptionally(error)
        } else {
            exited.complete(if (isTold(error)) Verdict.PROPAGATE else Verdict.replaceWith(error))
        }
    }

    /** Whether it is the body's error, or the copy that coroutines make to add to the stack trace. */
    private fun isTold(error: Throwable): Boolean =
        error === told || (error.cause === told && error.javaClass === told?.javaClass)

    override fun toString(): String = manager.toString()

    private companion object {
        const val NO_YIELD = "the function ended without a yield: yield once what the body works with"
    }
}
