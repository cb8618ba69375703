package dev.withal.benchmarks.peers

import arrow.fx.coroutines.resourceScope
import java.io.IOException
import kotlinx.coroutines.runBlocking

/** Arrow's `resourceScope`, whose `install` pairs what is acquired with its release. */
class Arrow : FiberPeer<suspend () -> Int> {

    override fun use(source: Source): suspend () -> Int {
        val failure = source.failure()
        return {
            resourceScope {
                install({ source.acquire() }) { handle, _ -> handle.close() }
                if (failure == null) Source.RESULT else throw failure
            }
        }
    }

    override fun run(uses: List<suspend () -> Int>) = runBlocking {
        for (use in uses) {
            try {
                use()
            } catch (_: IOException) {
                // Each use ends by itself.
            }
        }
    }
}
