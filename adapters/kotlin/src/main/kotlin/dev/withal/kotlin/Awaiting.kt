package dev.withal.kotlin

import dev.withal.Report
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.ExecutionException
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext

/**
 * Awaits a future that is done only when its work has ended, such as those of `useAsync` and of
 * [dev.withal.Async.callAsync].
 *
 * If the caller is cancelled, the future is asked to end, and its end is awaited. Then this throws;
 * but if the future has a value all the same, that is returned, so that it isn't lost. Any other
 * future is done as soon as it is cancelled, while its work goes on; for these, use `await` of
 * `kotlinx.coroutines`.
 *
 * An error that comes after the caller was cancelled, and says more than that, is told to [Report].
 *
 * @return the value of the future
 */
public suspend fun <R> CompletableFuture<R>.awaitEnd(): R {
    if (!isDone) {
        try {
            suspendCancellableCoroutine { caller ->
                handle { _, _ -> caller.resume(Unit) }
                caller.invokeOnCancellation { completeExceptionally(it ?: CancellationException()) }
            }
        } catch (cancelled: CancellationException) {
            endOf(cancelled)
        }
    }
    return result()
}

/** The caller was cancelled: awaits the end. Returns if there is something else to tell it. */
private suspend fun CompletableFuture<*>.endOf(cancelled: CancellationException) {
    withContext(NonCancellable) {
        suspendCancellableCoroutine { caller -> handle { _, _ -> caller.resume(Unit) } }
    }
    if (failure() == null) {
        return
    }
    tellNews()
    throw cancelled
}

/** Reports an error of a future that is done, if it says more than that its caller is cancelled. */
internal fun CompletableFuture<*>.tellNews() {
    val error = failure() ?: return
    if (isNews(error)) {
        Report(
            Report.Kind.LATE_FAILURE,
            "a coroutine",
            "what it awaited failed after it was cancelled",
            error,
        ).send()
    }
}

private fun isNews(error: Throwable): Boolean =
    error !is CancellationException || error.suppressed.isNotEmpty()

private fun CompletableFuture<*>.failure(): Throwable? {
    if (!isCompletedExceptionally) {
        return null
    }
    var error: Throwable? = null
    handle { _, thrown -> error = thrown }
    return error?.let(::unwrapped)
}

private fun <R> CompletableFuture<R>.result(): R {
    failure()?.let { throw it }
    return join()
}

private fun unwrapped(error: Throwable): Throwable =
    if (error is CompletionException || error is ExecutionException) error.cause ?: error else error
