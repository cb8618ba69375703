package dev.withal.benchmarks.peers

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Kotlin's `coroutineScope`, on its dispatcher for work that computes: a task that blocks would hold a thread of that. */
class Coroutines : TaskPeer {

    override fun run(tasks: Int, work: Runnable) = runBlocking(Dispatchers.Default) {
        coroutineScope {
            repeat(tasks) { launch { work.run() } }
        }
    }
}
